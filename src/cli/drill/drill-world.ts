import type { Output } from '../output.ts'

/** What a drill uses of the world; tests give their own. */
export interface DrillWorld extends Output {
  readonly environment: NodeJS.ProcessEnv
  /** The ts-sentinel that plays the sentinels of ours; default: the one that the harness finds. */
  readonly program?: string | undefined
  /** Asks somebody at a terminal; undefined when nobody is there. */
  readonly ask: ((question: string) => Promise<string>) | undefined
}
