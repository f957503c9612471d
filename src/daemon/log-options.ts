import type { Settings } from '../config/index.ts'
import type { LoggerOptions } from '../logging/index.ts'

/** Where this process logs to, and what (config.md 1.8). */
export function logOptions({ logLevel, logFile, syslog }: Settings): LoggerOptions {
  const { enabled, ident, facility } = syslog
  return { level: logLevel, logfile: logFile, pid: process.pid, ...(enabled ? { syslog: { ident, facility } } : {}) }
}
