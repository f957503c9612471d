/** A worker process of a proxy: it serves its share of the clients until the process that started it orders its end. */
import { PACKAGE_VERSION, TlsProblem } from '../../daemon/index.ts'
import { Proxy, type FromWorker, type ToWorker } from '../../proxy/index.ts'
import { loggerOf, tlsOf } from './serve.ts'
import { endOnCrash } from './signals.ts'

type StartOrder = Extract<ToWorker, { readonly kind: 'start' }>

/** Runs the worker. Resolves with the exit status. */
export async function runWorker(): Promise<number> {
  // The process that started it decides when it ends, also when a terminal or systemd sends signals to all.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
  const { settings, worker } = await new Promise<StartOrder>((resolve) => {
    process.once('message', (message: ToWorker) => { if (message.kind === 'start') resolve(message) })
    tell({ kind: 'waiting' })
  })
  const tls = tlsOf(settings)
  if (tls instanceof TlsProblem) return fail(tls.message)
  const logger = loggerOf(settings)
  endOnCrash(logger)
  const proxy = new Proxy({ settings, tls, logger, version: PACKAGE_VERSION, worker })
  const stopped = new Promise<void>((resolve) => {
    process.on('message', (message: ToWorker) => {
      if (message.kind === 'stop') resolve()
      if (message.kind === 'tell-facts') tell({ kind: 'facts', question: message.question, facts: proxy.facts() })
    })
  })
  // The process that accepts the connections has ended, so no client comes any more.
  const orphaned = new Promise<void>((resolve) => { process.once('disconnect', resolve) })
  const problem = await proxy.start()
  if (problem !== undefined) return fail(problem)
  tell({ kind: 'running' })
  await Promise.race([stopped, orphaned])
  await proxy.stop()
  logger.close()
  return 0
}

/** Resolves with the exit status when the problem has been told. */
function fail(problem: string): Promise<number> {
  return new Promise((resolve) => {
    tell({ kind: 'failed', problem }, () => { resolve(1) })
  })
}

function tell(message: FromWorker, told: () => void = () => undefined): void {
  // The other side may have ended.
  process.send?.(message, undefined, {}, told)
}
