import { paint as painter, usesColour } from '../../text/index.ts'

/** Text output, with colours on a terminal and without them in a file. */
export interface Terminal {
  line(text?: string): void
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
  /** Highlights the most important word of a line. */
  accent(text: string): string
}

export interface TerminalOutput {
  write(text: string): unknown
  readonly isTTY?: boolean
}

export function openTerminal(output: TerminalOutput, environment: NodeJS.ProcessEnv): Terminal {
  const coloured = usesColour(output, environment)
  const paint = (code: number): (text: string) => string => painter(coloured, code)
  return {
    line: (text = '') => { output.write(`${text}\n`) },
    bold: paint(1),
    dim: paint(2),
    bad: paint(31),
    good: paint(32),
    accent: paint(36),
  }
}
