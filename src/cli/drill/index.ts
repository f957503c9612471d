/** The entry point of the drill for the command line. */
import { realpathSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'

import { PROCESS_OUTPUT } from '../output.ts'
import { runDrill } from './run-drill.ts'

export function drill(args: readonly string[]): Promise<number> {
  return runDrill(args, {
    ...PROCESS_OUTPUT,
    environment: process.env,
    program: ownProgram(),
    ask: process.stdin.isTTY ? askAtTerminal : undefined,
  })
}

/** Path of the program that was started: the drill tests the installed program. */
function ownProgram(): string | undefined {
  const [, started] = process.argv
  return started === undefined ? undefined : realpathSync(started)
}

async function askAtTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}
