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
