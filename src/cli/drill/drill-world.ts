import type { Output } from '../output.ts'

/** What a drill uses of the world; tests give their own. */
export interface DrillWorld extends Output {
  readonly environment: NodeJS.ProcessEnv
  /** The ts-sentinel that plays the sentinels of ours; default: the one that the harness finds. */
  readonly program?: string | undefined
  /** Asks a question on the terminal; undefined where there is no terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined
}
