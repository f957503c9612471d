/** Memory and descriptors of processes over time, and the verdict about them. */
import { readdirSync, readFileSync } from 'node:fs'
import { formatTable, median } from '../bench/table.ts'

export interface Sample {
  /** Since the start, in milliseconds. */
  readonly atMs: number
  readonly rssMiB: number
  /** Taken when no client comes or goes. */
  readonly descriptors: number
}

/** RSS at the end may be this much above RSS after the warm-up. */
const MOST_GROWTH = 0.10

/** Garbage collection makes single samples jump: a value is the median of this time around it. */
const SMOOTH_MS = 60_000

/** @throws Error when the process is gone (Linux only) */
export function sampleOf(pid: number, atMs: number): Sample {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    atMs,
    rssMiB: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  }
}

export interface Verdict {
  readonly name: string
  readonly rssAfterWarmUp: number
  readonly rssAtEnd: number
  readonly descriptorsAfterWarmUp: number
  readonly descriptorsAtEnd: number
  /** Empty when all is well. */
  readonly problems: readonly string[]
}

export function judge(name: string, samples: readonly Sample[], warmUpMs: number): Verdict {
  const end = samples.at(-1)?.atMs ?? 0
  const warm = samples.filter(({ atMs }) => Math.abs(atMs - warmUpMs) <= SMOOTH_MS / 2)
  const last = samples.filter(({ atMs }) => atMs >= end - SMOOTH_MS)
  const middle = (some: readonly Sample[], key: 'rssMiB' | 'descriptors'): number => median(some.map((one) => one[key]))
  const verdict = {
    name,
    rssAfterWarmUp: middle(warm, 'rssMiB'),
    rssAtEnd: middle(last, 'rssMiB'),
    descriptorsAfterWarmUp: middle(warm, 'descriptors'),
    descriptorsAtEnd: middle(last, 'descriptors'),
  }
  const growth = verdict.rssAtEnd / verdict.rssAfterWarmUp - 1
  const problems = [
    ...(growth <= MOST_GROWTH ? [] : [`RSS grew by ${(growth * 100).toFixed(1)} %`]),
    ...(verdict.descriptorsAtEnd === verdict.descriptorsAfterWarmUp ? [] : ['the number of descriptors changed']),
  ]
  return { ...verdict, problems }
}

/** One row for each whole minute. */
export function tableOf(samples: ReadonlyMap<string, readonly Sample[]>): string {
  const header = ['minute', ...[...samples.keys()].flatMap((name) => [`${name} MiB`, 'descriptors'])]
  const last = Math.max(...[...samples.values()].map((list) => list.at(-1)?.atMs ?? 0))
  const rows: string[][] = []
  for (let minute = 1; (minute - 1) * 60_000 < last; minute += 1) {
    rows.push([String(minute), ...[...samples.values()].flatMap((list) => {
      const some = list.filter(({ atMs }) => Math.ceil(atMs / 60_000) === minute)
      if (some.length === 0) return ['', '']
      const descriptors = median(some.map((one) => one.descriptors))
      return [median(some.map(({ rssMiB }) => rssMiB)).toFixed(1), String(descriptors)]
    })])
  }
  return formatTable([header, ...rows])
}
