/** How far each replica is behind the master, while the page is open. */
import type { MasterDetailsJson } from '../../json.ts'
import { el, svg } from './elements.ts'

/** Samples kept for each replica. */
const SAMPLES_MAX = 60

const WIDTH = 96
const HEIGHT = 20

/** A lag below this many bytes draws a low line, so that a few bytes do not look like trouble. */
const FULL_SCALE_MIN = 64 * 1024

export class LagHistory {
  readonly #samples = new Map<string, number[]>()

  /** Adds the lag of each replica where it is known. */
  add({ name, replicaList }: MasterDetailsJson): void {
    for (const { address, lagBytes } of replicaList) {
      if (lagBytes === null) continue
      const samples = this.#samplesOf(name, address)
      samples.push(lagBytes)
      if (samples.length > SAMPLES_MAX) samples.shift()
    }
  }

  /** The latest samples, in bytes, the oldest first. */
  samples(master: string, address: string): readonly number[] {
    return this.#samplesOf(master, address)
  }

  #samplesOf(master: string, address: string): number[] {
    const key = JSON.stringify([master, address])
    const samples = this.#samples.get(key) ?? []
    this.#samples.set(key, samples)
    return samples
  }
}

/** A line of the lag over time with its last value; undefined until there are two samples. */
export function sparkline(samples: readonly number[]): HTMLElement | undefined {
  const last = samples.at(-1)
  if (last === undefined || samples.length < 2) return undefined
  const most = Math.max(FULL_SCALE_MIN, ...samples)
  const points = samples.map((lag, at) => {
    const x = WIDTH * (1 - (samples.length - 1 - at) / (SAMPLES_MAX - 1))
    return `${x.toFixed(1)},${(HEIGHT - 2 - (HEIGHT - 4) * lag / most).toFixed(1)}`
  })
  const drawing = svg(
    'svg', { 'viewBox': `0 0 ${WIDTH} ${HEIGHT}`, 'class': 'spark', 'aria-hidden': 'true' },
    svg('polyline', { points: points.join(' ') }),
  )
  return el('span.lag', { title: 'Bytes of the replication stream that it lacked in its last INFO' }, drawing, `lag ${bytes(last)}`)
}

/** An amount of data: `0 B`, `1.5 kB`, `12 MB`. */
export function bytes(amount: number): string {
  if (amount < 1_000) return `${amount} B`
  for (const [unit, size] of [['kB', 1e3], ['MB', 1e6], ['GB', 1e9]] as const) {
    const value = amount / size
    if (value < 1_000 || unit === 'GB') return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`
  }
  return ''
}
