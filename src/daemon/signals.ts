/** Handling of signals (protocol.md 7.1). */
export type SignalProcess = Pick<NodeJS.Process, 'on' | 'off' | 'kill' | 'pid'>

export interface SignalOptions {
  readonly process: SignalProcess
  /** Writes one line in the format that signal handlers of the original use. */
  readonly logSignal: (text: string) => void
  /** Begins the clean shutdown. Called at most once. */
  readonly shutDown: () => void
  /** Reads the files again. Not called once the shutdown has begun. */
  readonly reload: () => void
  /** Ends the process at once with this status. */
  readonly exit: (status: number) => void
}

/** Signals that have no effect. */
const IGNORED = ['SIGPIPE', 'SIGALRM'] as const

/** Handles signals until the returned function is called. */
export function handleSignals({ process, logSignal, shutDown, reload, exit }: SignalOptions): () => void {
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
    // Node would open its debugger to all users of this machine. Here the signal ends the process, as in the original.
    ['SIGUSR1', () => {
      stopHandling()
      process.kill(process.pid, 'SIGUSR1')
    }],
    // The original ignores it.
    ['SIGHUP', () => {
      if (stopping) return
      logSignal('Received SIGHUP, reading the configuration again...')
      reload()
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
  // An ignored signal has no effect.
}
