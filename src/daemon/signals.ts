/** Signals (protocol.md 7.1). */
export type SignalProcess = Pick<NodeJS.Process, 'on' | 'off' | 'kill' | 'pid'>

export interface SignalOptions {
  readonly process: SignalProcess
  /** Writes one line in the form that signal handlers of the original use. */
  readonly logSignal: (text: string) => void
  /** Begin the clean shutdown. Asked for once. */
  readonly shutDown: () => void
  /** Leave at once with this status. */
  readonly exit: (status: number) => void
}

/** Signals of which nothing follows. The configuration is not read again on SIGHUP. */
const IGNORED = ['SIGHUP', 'SIGPIPE', 'SIGALRM'] as const

/** Reacts to signals until the returned function is called. */
export function handleSignals({ process, logSignal, shutDown, exit }: SignalOptions): () => void {
  let stopping = false
  const ask = (signal: 'SIGTERM' | 'SIGINT') => {
    if (stopping) {
      if (signal !== 'SIGINT') return
      logSignal('You insist... exiting now.')
      exit(1)
      return
    }
    stopping = true
    logSignal(`Received ${signal} scheduling shutdown...`)
    shutDown()
  }
  const handlers: [NodeJS.Signals, () => void][] = [
    ['SIGTERM', () => { ask('SIGTERM') }],
    ['SIGINT', () => { ask('SIGINT') }],
    // Node would open its debugger to everybody on this machine. The original dies of it, and so do we.
    ['SIGUSR1', () => {
      stopHandling()
      process.kill(process.pid, 'SIGUSR1')
    }],
    ...IGNORED.map((signal): [NodeJS.Signals, () => void] => [signal, ignore]),
  ]
  const stopHandling = () => {
    for (const [signal, handler] of handlers) process.off(signal, handler)
  }
  for (const [signal, handler] of handlers) process.on(signal, handler)
  return stopHandling
}

function ignore(): void {
  // Nothing follows from it.
}
