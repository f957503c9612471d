import { writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import type { SentinelKind } from '../../src/harness/index.ts'
import { formatTable, median } from './table.ts'

/** One measured value of one program. */
export interface Figure {
  readonly row: string
  readonly kind: SentinelKind
  readonly value: number
}

export const KINDS: readonly SentinelKind[] = ['ours', 'genuine']

/** Values of every row and both programs, as they come in. */
export class Figures {
  readonly #what: string
  readonly #all: Figure[] = []

  constructor(what: string) {
    this.#what = what
  }

  add(row: string, kind: SentinelKind, value: number): void {
    this.#all.push({ row, kind, value })
  }

  /** Medians, least and most, and the ratio of the medians. */
  table(): string {
    const rows = [...new Set(this.#all.map(({ row }) => row))]
    const body = rows.map((row) => {
      const cells = KINDS.map((kind) => this.#values(row, kind))
      const [ours = [], genuine = []] = cells
      const ratio = ours.length > 0 && genuine.length > 0 ? (median(ours) / median(genuine)).toFixed(2) : ''
      return [row, ...cells.flatMap((values) => [middle(values), range(values)]), ratio]
    })
    return formatTable([['', 'ours', 'min..max', 'genuine', 'min..max', 'ours/genuine'], ...body])
  }

  #values(row: string, kind: SentinelKind): number[] {
    return this.#all.filter((one) => one.row === row && one.kind === kind).map(({ value }) => value)
  }

  /** Prints the table and writes the figures as JSON. */
  tell(note: string, out: string | undefined): void {
    const file = out ?? join(tmpdir(), `ts-sentinel-bench-${this.#what}-${process.pid}.json`)
    writeFileSync(file, JSON.stringify({
      what: this.#what, note, node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, figures: this.#all,
    }, null, 2))
    console.log(`\n${this.#what}: ${note}\n\n${this.table()}\n\nFigures: ${file}`)
  }
}

/** Options that take a value: `--rounds 7`. Every bench has `--out` and `--help`. */
export function readOptions<T extends Record<string, string>>(
  usage: string, defaults: T,
): T & { readonly out: string | undefined } {
  const options = Object.fromEntries(Object.entries(defaults).map(([name, value]) => (
    [name, { type: 'string', default: value } as const]
  )))
  const { values } = parseArgs({
    options: { ...options, out: { type: 'string' }, help: { type: 'boolean', default: false } },
  })
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  const given = Object.fromEntries(Object.entries(values).filter(([name]) => name in defaults))
  return { ...defaults, ...given, out: values.out }
}

/** @throws Error naming the option when it is no whole number from 1 on */
export function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} is a whole number from 1, not ${text}`)
  return value
}

/** Three figures are enough to compare. */
function middle(values: readonly number[]): string {
  return values.length === 0 ? '' : short(median(values))
}

function range(values: readonly number[]): string {
  return values.length < 2 ? '' : `${short(Math.min(...values))}..${short(Math.max(...values))}`
}

function short(value: number): string {
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
