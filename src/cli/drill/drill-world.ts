import type { Output } from '../output.ts'

/** Output and input of a drill. Tests pass their own. */
export interface DrillWorld extends Output {
  readonly environment: NodeJS.ProcessEnv
  /** Path of the ts-sentinel under test; by default the one that the harness finds. */
  readonly program?: string | undefined
  /** Colour the verdicts; default: no colours. */
  readonly isColoured?: boolean
  /** Asks a question on the terminal; undefined when there is no terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined
}
