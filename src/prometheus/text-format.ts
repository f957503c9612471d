/** The text format of Prometheus, version 0.0.4. */

export type Labels = Readonly<Record<string, string>>

/** Escapes a label value as the format requires: the name of a master may have any characters. */
function escaped(value: string): string {
  if (!/[\\"\n]/.test(value)) return value
  return value.replace(/[\\"\n]/g, (character) => character === '\n' ? '\\n' : `\\${character}`)
}

/** Labels whose text was made once, for series of many families or of many scrapes. */
export class SharedLabels {
  readonly text: string

  constructor(labels: Labels) {
    this.text = labelText(labels)
  }
}

function labelText(labels: Labels): string {
  let text = ''
  for (const name in labels) text += `${text === '' ? '{' : ','}${name}="${escaped(labels[name] ?? '')}"`
  return text === '' ? '' : `${text}}`
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}

/**
 * Characters that are collected before they become bytes. A text of some hundred kilobytes in pieces would outlive
 * several collections of the small space for new objects, which takes longer than all the rest.
 */
const CHUNK_CHARS = 8_192

/** Collects families. Each has its HELP and TYPE once, before its samples. */
export class MetricsText {
  readonly #chunks: Buffer[] = []
  #pending = ''

  /** All families in UTF-8. */
  get bytes(): Buffer {
    this.#flush()
    return Buffer.concat(this.#chunks)
  }

  get text(): string {
    return this.bytes.toString()
  }

  gauge(name: string, help: string, ...samples: readonly Sample[]): void {
    this.#family({ name, help, type: 'gauge' }, samples)
  }

  counter(name: string, help: string, ...samples: readonly Sample[]): void {
    this.#family({ name, help, type: 'counter' }, samples)
  }

  histogram(name: string, help: string, series: readonly HistogramSeries[]): void {
    this.#head({ name, help, type: 'histogram' })
    for (const { labels, histogram } of series) {
      const { bounds, counts, sum, count } = histogram
      let below = 0
      for (const [at, bound] of bounds.entries()) {
        below += counts[at] ?? 0
        this.#sample(`${name}_bucket`, { ...labels, le: numberText(bound) }, below)
      }
      this.#sample(`${name}_bucket`, { ...labels, le: '+Inf' }, count)
      this.#sample(`${name}_sum`, labels, sum)
      this.#sample(`${name}_count`, labels, count)
    }
  }

  #family(family: Family, samples: readonly Sample[]): void {
    // A family without samples is left out, as Prometheus client libraries do.
    if (samples.length === 0) return
    this.#head(family)
    for (const sample of samples) {
      if (typeof sample === 'number') this.#sample(family.name, {}, sample)
      else this.#sample(family.name, sample.labels, sample.value)
    }
  }

  #head({ name, help, type }: Family): void {
    this.#pending += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
  }

  #sample(name: string, labels: Labels | SharedLabels, value: number): void {
    const text = labels instanceof SharedLabels ? labels.text : labelText(labels)
    this.#pending += `${name}${text} ${numberText(value)}\n`
    if (this.#pending.length >= CHUNK_CHARS) this.#flush()
  }

  #flush(): void {
    if (this.#pending === '') return
    this.#chunks.push(Buffer.from(this.#pending))
    this.#pending = ''
  }
}

/** A number is a sample without labels. */
export type Sample = number | { readonly labels: Labels | SharedLabels, readonly value: number }

interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter' | 'histogram'
}

export interface HistogramSeries {
  readonly labels: Labels
  readonly histogram: Histogram
}

/** Counts per bucket. Bounds ascend and do not include infinity. */
export class Histogram {
  readonly bounds: readonly number[]
  readonly counts: number[]
  sum = 0
  count = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = bounds.map(() => 0)
  }

  add(value: number): void {
    const at = this.bounds.findIndex((bound) => value <= bound)
    if (at >= 0) this.counts[at] = (this.counts[at] ?? 0) + 1
    this.sum += value
    this.count += 1
  }
}
