/** Forgotten replicas and sentinels of a master, for people and tools. */
import type { Tombstone } from '../state/forgotten.ts'
import type { Master } from '../state/master.ts'
import type { Millis } from '../time.ts'

export interface ForgottenView extends Pick<Tombstone, 'kind' | 'name' | 'host' | 'port' | 'by' | 'untilWall'> {
  readonly leftMs: Millis
}

/** Undefined when nothing is forgotten now. */
export function viewForgotten({ forgotten }: Master, now: Millis): readonly ForgottenView[] | undefined {
  const lasting = forgotten.filter(({ until }) => until > now)
  return lasting.length === 0 ? undefined : lasting.map(({ kind, name, host, port, by, untilWall, until }) => (
    { kind, name, host, port, by, untilWall, leftMs: until - now }
  ))
}
