/**
 * A timeline as text: the application, the nodes and the sentinels on one time axis.
 *
 * ```
 *               0 s         1 s         2 s
 * application  ===xxxxxxxxxxxxx!!==============
 * redis-0      --X            --------------
 * sentinel-0   -------------dvvM------------
 * ```
 */
import { paint } from '../text/index.ts'
import { classOf, lanesOf, type Absence, type EntryClass } from './lanes.ts'
import type { WriteFigures } from './scenarios/scenario.ts'
import type { TimelineEntry } from './timeline-entry.ts'

/** What to draw. Times are in milliseconds since 1970. */
export interface TextDrawing {
  readonly entries: readonly TimelineEntry[]
  /** The writes of the application; undefined when it has no writer. */
  readonly writes?: Pick<WriteFigures, 'outages' | 'losses'> | undefined
  readonly from: number
  readonly to: number
  /** The zero of the axis. */
  readonly origin: number
  /** Columns of the axis. Default 72. */
  readonly width?: number
  readonly coloured: boolean
}

/** The letter of an entry, and its colour: yellow, magenta, green, red. Later ones hide earlier ones in a cell. */
const LETTERS: Readonly<Record<EntryClass, readonly [letter: string, colour: number]>> = {
  other: ['.', 0], down: ['d', 33], vote: ['v', 35], switch: ['M', 32], fault: ['X', 31],
}
const RANKS = Object.keys(LETTERS)

const STATES: Readonly<Record<Absence['state'], string>> = { down: ' ', paused: '~' }

const WRITES_LEGEND = 'application: = writes acknowledged, x none, ! acknowledged and lost'
const LEGEND = 'processes:   - runs, ~ paused, X fault, d found down, v election, M new master, . other'

type Cell = readonly [letter: string, colour: number]

/** Draws the lanes, with a legend below them. */
export function drawText(drawing: TextDrawing): string {
  const { entries, writes, from, to, width = 72, coloured } = drawing
  const column = (at: number): number => Math.min(width - 1, Math.floor((at - from) / Math.max(to - from, 1) * width))
  const lanes = lanesOf(entries.filter(({ at }) => at <= to), to)
  const rows: (readonly [name: string, cells: readonly Cell[]])[] = lanes.map(({ name, entries: own, absences }) => {
    const cells = new Array<Cell>(width).fill(['-', 0])
    for (const { from: begin, to: end, state } of absences) fill(cells, column(begin), column(end), [STATES[state], 0])
    for (const entry of [...own].sort((left, right) => RANKS.indexOf(classOf(left)) - RANKS.indexOf(classOf(right)))) {
      if (entry.at >= from) cells[column(entry.at)] = LETTERS[classOf(entry)]
    }
    return [name, cells]
  })
  if (writes !== undefined) rows.unshift(['application', applicationCells(writes, width, column)])
  const names = Math.max(...rows.map(([name]) => name.length), 0)
  return [
    `${' '.repeat(names + 2)}${axis(drawing, width, column)}`.trimEnd(),
    ...rows.map(([name, cells]) => `${name.padEnd(names)}  ${painted(cells, coloured)}`.trimEnd()),
    ...writes === undefined ? [] : [WRITES_LEGEND],
    LEGEND,
  ].join('\n')
}

function applicationCells(
  { outages, losses }: Pick<WriteFigures, 'outages' | 'losses'>, width: number, column: (at: number) => number,
): Cell[] {
  const cells = new Array<Cell>(width).fill(['=', 32])
  for (const { from, to } of outages) fill(cells, column(from), column(to), ['x', 31])
  for (const { from, to } of losses) fill(cells, column(from), column(to), ['!', 31])
  return cells
}

/** Both columns are included; those outside of the drawing are left out. */
function fill(cells: Cell[], from: number, to: number, cell: Cell): void {
  for (let at = Math.max(from, 0); at <= to && at < cells.length; at++) cells[at] = cell
}

/** One escape sequence for neighbours of one colour. */
function painted(cells: readonly Cell[], coloured: boolean): string {
  const runs: { text: string, readonly colour: number }[] = []
  for (const [letter, colour] of cells) {
    const last = runs.at(-1)
    if (last?.colour === colour) last.text += letter
    else runs.push({ text: letter, colour })
  }
  return runs.map(({ text, colour }) => paint(coloured && colour !== 0, colour)(text)).join('')
}

/** Seconds between two labels of the axis. */
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60]

/** The seconds since the origin, at most one label in twelve columns. */
function axis({ from, to, origin }: TextDrawing, width: number, column: (at: number) => number): string {
  const seconds = (to - from) / 1_000
  const step = STEPS.find((one) => seconds / one <= width / 12) ?? Math.ceil(seconds / 6)
  let line = ''
  for (let label = Math.ceil((from - origin) / 1_000 / step) * step; origin + label * 1_000 <= to; label += step) {
    line = `${line.padEnd(column(origin + label * 1_000))}${Number(label.toFixed(1))} s`
  }
  return line
}
