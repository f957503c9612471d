/** The fields of SENTINEL EXPLAIN for a sentinel that does not have it. */
import { explanationFields } from '../../explain/index.ts'
import { genuineExplanation } from './genuine-explanation.ts'
import type { Entry, MasterFacts } from './sentinel-facts.ts'

/** What no reply of an original sentinel shows. */
const UNKNOWN: ReadonlySet<string> = new Set(['next-attempt', 'next-attempt-ms', 'last-failover', 'current-epoch'])

/** `info`: the fields of INFO sentinel. */
export function genuineFields(facts: MasterFacts, info: Entry): Entry {
  const seconds = Number(info.get('sentinel_tilt_since_seconds') ?? '0')
  const tiltMs = info.get('sentinel_tilt') === '1' ? Math.max(0, seconds) * 1000 : undefined
  const fields = explanationFields(genuineExplanation(facts, { tiltMs }), [], 0)
  // A missing number is NaN up to here, where it becomes the word `unknown`. Names are not changed.
  return new Map(fields.filter(([field]) => !UNKNOWN.has(field)).map(([field, value]) => (
    [field, field === 'name' ? value : value.replace(/\bNaN\b/g, 'unknown')]
  )))
}
