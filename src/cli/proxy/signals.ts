/** Signals and unforeseen errors of a process that belongs to a proxy. */
import type { SentinelLogger } from '../../logging/index.ts'

/** Logs an unforeseen error, and ends the process with status 1. */
export function endOnCrash(logger: SentinelLogger): void {
  const crash = (error: unknown) => {
    logger.log('warning', `Fatal internal error: ${error instanceof Error ? error.stack ?? error.message : String(error)}`)
    leave(logger)
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
}

export function leave(logger: SentinelLogger): never {
  logger.close()
  process.exit(1)
}

/** Resolves with the signal that ends the proxy. A second one ends the process at once. */
export function untilStopped(logger: SentinelLogger): Promise<string> {
  endOnCrash(logger)
  process.on('SIGHUP', () => {
    logger.log('notice', 'Received SIGHUP. The log file is opened for each write, and the configuration is only read at the start.')
  })
  return new Promise((resolve) => {
    let isStopping = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (isStopping) leave(logger)
        isStopping = true
        resolve(signal)
      })
    }
  })
}
