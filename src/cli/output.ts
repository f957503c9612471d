/** Where the command line and its tools print; tests give their own. */
export interface Output {
  readonly print: (text: string) => void
  readonly printError: (text: string) => void
}

export const PROCESS_OUTPUT: Output = {
  print: (text) => { process.stdout.write(text) },
  printError: (text) => { process.stderr.write(text) },
}
