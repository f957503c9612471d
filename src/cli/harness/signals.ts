/** The signals by which a person or a program ends or informs a command. */
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const

/** Those that end a command that does not know them better. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']

/** The signals of this process while a command runs. */
export interface SignalSource {
  /** Calls `listener` for each signal. Returns a function that ends that. */
  listen(listener: (signal: NodeJS.Signals) => void): () => void
}

/** The signals that this process receives. */
export const PROCESS_SIGNALS: SignalSource = {
  listen: (listener) => {
    for (const signal of PASSED_ON) process.on(signal, listener)
    return () => { for (const signal of PASSED_ON) process.off(signal, listener) }
  },
}

export function isEnding(signal: NodeJS.Signals): boolean {
  return ENDING.includes(signal)
}
