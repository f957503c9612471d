import { visibleLines } from '../text/index.ts'

/** Where the command line and its tools print; tests give their own. */
export interface Output {
  readonly print: (text: string) => void
  readonly printError: (text: string) => void
}

/** What nodes answer is part of many texts, so that nothing of a text but line ends and tabs acts on a terminal. */
export const PROCESS_OUTPUT: Output = {
  print: (text) => { process.stdout.write(visibleLines(text)) },
  printError: (text) => { process.stderr.write(visibleLines(text)) },
}
