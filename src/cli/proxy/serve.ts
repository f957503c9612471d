/** A proxy that owns its process: log, pid file, signals and the exit status. */
import { loadTlsFor, openFilesLimit, PACKAGE_VERSION, removePidFile, TlsProblem, writePidFile } from '../../daemon/index.ts'
import { createLogger, type SentinelLogger } from '../../logging/index.ts'
import { Proxy, WorkerProxy, type ProxySettings, type ProxyTls } from '../../proxy/index.ts'
import type { Output } from '../output.ts'
import { untilStopped } from './signals.ts'

/** File descriptors for listeners, the log, HTTP and the connections to sentinels. */
const RESERVED_DESCRIPTORS = 256

/** Runs the proxy until it is stopped. Resolves with the exit status. */
export async function serve(wanted: ProxySettings, output: Output): Promise<number> {
  const tls = tlsOf(wanted)
  if (tls instanceof TlsProblem) {
    output.printError(`ts-sentinel proxy: ${tls.message}${tls.advice === undefined ? '' : ` ${tls.advice}`}\n`)
    return 1
  }
  const logger = loggerOf(wanted)
  const settings = withinDescriptors(wanted, logger)
  const options = { settings, tls, logger, version: PACKAGE_VERSION }
  const proxy = settings.threads > 1 ? new WorkerProxy(options) : new Proxy(options)
  const stopped = untilStopped(logger)
  const problem = await proxy.start()
  if (problem !== undefined) {
    logger.log('warning', problem)
    logger.close()
    // A proxy with a log file would end without a word on the terminal.
    if (settings.logFile !== '') output.printError(`ts-sentinel proxy: ${problem}\n`)
    return 1
  }
  const { pidFile } = settings
  const pidProblem = pidFile === undefined ? undefined : writePidFile(pidFile, process.pid)
  if (pidProblem !== undefined) logger.log('warning', `Cannot write the pid file: ${pidProblem}`)
  logger.flushSync()
  const signal = await stopped
  logger.log('notice', `Received ${signal}, shutting down.`)
  await proxy.stop()
  if (pidFile !== undefined && pidProblem === undefined) removePidFile(pidFile)
  logger.log('notice', 'The proxy has stopped.')
  logger.close()
  return 0
}

export function loggerOf({ logLevel: level, logFile: logfile, logFormat: format }: ProxySettings): SentinelLogger {
  return createLogger({ level, logfile, pid: process.pid, format })
}

export function tlsOf({ tls, tlsPort, tlsReadPort, tlsNodes, tlsSentinels }: ProxySettings): ProxyTls | TlsProblem {
  return loadTlsFor(tls, { incoming: tlsPort !== 0 || tlsReadPort !== 0, outgoing: tlsNodes || tlsSentinels })
}

/** Every client needs two descriptors: its own, and that of its connection to a node. A process has the limit. */
function withinDescriptors(settings: ProxySettings, logger: SentinelLogger): ProxySettings {
  const { maxClients, threads } = settings
  const limit = openFilesLimit()
  const possible = Math.max(1, Math.floor((limit - RESERVED_DESCRIPTORS) / 2)) * threads
  if (maxClients <= possible) return settings
  logger.log('warning', `max-clients ${maxClients} needs ${Math.ceil(maxClients / threads) * 2 + RESERVED_DESCRIPTORS} open files in a process, and the `
  + `limit is ${limit}: max-clients is ${possible} now. Raise the limit (ulimit -n, LimitNOFILE=).`)
  return { ...settings, maxClients: possible }
}
