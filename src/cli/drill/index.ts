/** The drill as the command line calls it. */
import { createInterface } from 'node:readline/promises'

import { runDrill } from './run-drill.ts'

export function drill(args: readonly string[]): Promise<number> {
  return runDrill(args, {
    print: (text) => { process.stdout.write(text) },
    printError: (text) => { process.stderr.write(text) },
    environment: process.env,
    ask: process.stdin.isTTY ? askAtTerminal : undefined,
  })
}

async function askAtTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}
