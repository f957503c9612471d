/** The terminal of the process. */
import { createInterface } from 'node:readline/promises'

import { usesColour } from '../text/index.ts'

export interface Terminal {
  readonly usesColour: boolean
  readonly size: () => { readonly columns: number, readonly rows: number }
  /** Control sequences are carried out. */
  readonly write: (text: string) => void
}

/** Undefined when the stream is no terminal. */
export function terminalOf(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Terminal | undefined {
  if (!stream.isTTY) return undefined
  return {
    usesColour: usesColour(stream, environment),
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    write: (text) => { stream.write(text) },
  }
}

/** Asks a question on standard error, so that standard output has results alone, and reads a line of standard input. */
export async function askAtTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}
