import type { Readable } from 'node:stream'

import type { Output } from '../output.ts'
import type { SignalSource } from './signals.ts'

/** What the harness of the command line uses of its process. Tests pass their own. */
export interface HarnessWorld extends Output {
  /** One line of JSON for the program that started this one, as it is. */
  readonly writeLine: (line: string) => void
  readonly input: () => Readable
  readonly signals: SignalSource
  readonly exit: (status: number) => void
}
