import { visibleLines } from '../text/index.ts'

/** Output of the command line and its tools. Tests pass their own. */
export interface Output {
  readonly print: (text: string) => void
  readonly printError: (text: string) => void
}

/** Texts have parts from replies of nodes, so control characters except line ends and tabs are made visible. */
export const PROCESS_OUTPUT: Output = {
  print: (text) => { process.stdout.write(visibleLines(text)) },
  printError: (text) => { process.stderr.write(visibleLines(text)) },
}

/**
 * A tool whose output is not read any more (`| head`) goes on without an exception: what it has begun, such as a
 * switchover, is to be finished.
 */
export function allowUnreadOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') throw error })
  }
}
