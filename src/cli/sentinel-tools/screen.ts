/** A picture on the terminal that is drawn again in place. */
import { visibleText } from '../../text/index.ts'
import { colouredText, type Line } from '../lines.ts'
import type { Terminal } from '../terminal.ts'

const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const CLEAR = '\u001b[2J'
const TO_TOP = '\u001b[H'
const CLEAR_LINE_END = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

/** Blanks before the continued lines of a text, as findings have them. */
const HANGING = ' '.repeat(10)

export class Screen {
  readonly #terminal: Terminal

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    terminal.write(`${HIDE_CURSOR}${CLEAR}`)
  }

  draw(lines: readonly Line[]): void {
    const { columns, rows } = this.#terminal.size()
    const shown = fitted(lines, columns, rows)
    const texts = shown.map((line) => `${this.#terminal.usesColour ? colouredText(line) : line.text}${CLEAR_LINE_END}`)
    // Without a line end after the last one, which would scroll a full screen.
    this.#terminal.write(`${TO_TOP}${texts.join('\n')}${CLEAR_BELOW}`)
  }

  /** Leaves the last picture and gives the cursor back, on a line of its own. */
  end(): void {
    this.#terminal.write(`\n${SHOW_CURSOR}`)
  }
}

/** The lines that fit on a terminal of this size: texts are wrapped, other lines cut, the rest is counted. */
export function fitted(lines: readonly Line[], columns: number, rows: number): readonly Line[] {
  const all = lines.flatMap((line) => fittedLine({ ...line, text: visibleText(line.text) }, columns))
  // One row is for the cursor at the end.
  const most = Math.max(1, rows - 1)
  if (all.length <= most) return all
  return [...all.slice(0, most - 1), { text: `… ${all.length - most + 1} more`, style: 'faint' }]
}

function fittedLine(line: Line, columns: number): readonly Line[] {
  if (line.text.length <= columns) return [line]
  if (line.wraps !== true || columns < 2 * HANGING.length) return [{ ...line, text: `${line.text.slice(0, columns - 1)}…` }]
  const texts = ['']
  for (const word of line.text.split(/(?<= )/)) {
    const last = texts.at(-1) ?? ''
    if (last.length + word.trimEnd().length <= columns) texts[texts.length - 1] = last + word
    else texts.push(HANGING + word)
  }
  return texts.map((text) => ({ ...line, text: text.trimEnd().slice(0, columns) }))
}
