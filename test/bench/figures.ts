import { writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import type { SentinelKind } from '../../src/harness/index.ts'
import { formatTable, median } from './table.ts'

/** What is compared: one of the programs, or a fleet of both. */
export type Contender = SentinelKind | 'mixed'

/** One measured value of one contender. */
export interface Figure {
  readonly row: string
  readonly kind: Contender
  readonly value: number
}

/** One word of `--fleets`. @throws Error when it is none */
export function contender(text: string): Contender {
  if (text !== 'ours' && text !== 'genuine' && text !== 'mixed') {
    throw new Error(`--fleets is a list of ours, genuine and mixed, not ${text}`)
  }
  return text
}

export const KINDS: readonly SentinelKind[] = ['ours', 'genuine']

/** Values of every row and contender, as they come in. */
export class Figures {
  readonly #what: string
  readonly #contenders: readonly Contender[]
  readonly #all: Figure[] = []

  constructor(what: string, contenders: readonly Contender[] = KINDS) {
    this.#what = what
    this.#contenders = contenders
  }

  add(row: string, kind: Contender, value: number): void {
    this.#all.push({ row, kind, value })
  }

  /** Medians, least and most, and the ratio of the medians. */
  table(): string {
    const rows = [...new Set(this.#all.map(({ row }) => row))]
    const shown = this.#contenders.filter((kind) => this.#all.some((one) => one.kind === kind))
    const isCompared = shown.includes('ours') && shown.includes('genuine')
    const body = rows.map((row) => [
      row,
      ...shown.flatMap((kind) => [middle(this.#values(row, kind)), range(this.#values(row, kind))]),
      ...isCompared ? [this.#ratio(row)] : [],
    ])
    const head = ['', ...shown.flatMap((kind) => [kind, 'min..max']), ...isCompared ? ['ours/genuine'] : []]
    return formatTable([head, ...body])
  }

  #ratio(row: string): string {
    const [ours, genuine] = [this.#values(row, 'ours'), this.#values(row, 'genuine')]
    return ours.length > 0 && genuine.length > 0 ? (median(ours) / median(genuine)).toFixed(2) : ''
  }

  #values(row: string, kind: Contender): number[] {
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
