import type { Settings } from '../config/index.ts'
import type { LogFormat, LoggerOptions } from '../logging/index.ts'

/** The destination, level and format of the log (config.md 1.8). */
export function logOptions({ logLevel, logFile, syslog }: Settings, format: LogFormat = 'redis'): LoggerOptions {
  const { enabled, ident, facility } = syslog
  return {
    level: logLevel, logfile: logFile, pid: process.pid, format, ...(enabled ? { syslog: { ident, facility } } : {}),
  }
}
