/** Whether a sentinel that was forgotten is known again (docs/decisions/0054-forgetting.md). */
import { HEARD_AGAIN_MAX_MS, HEARD_AGAIN_MS } from '../limits.ts'
import { type Tombstone, tombstoneOf } from '../state/forgotten.ts'
import type { Hello } from '../state/hello.ts'
import { formerVoters } from '../state/majority.ts'
import type { Master } from '../state/master.ts'
import { dropTombstone } from '../tombstones.ts'
import type { Turn } from '../turn.ts'

/**
 * Whether this id belongs to a sentinel of ours. Those that RESET, REMOVE or FORGET made us forget are ours, and so are
 * those with a tombstone.
 */
export function isOurSentinel({ state, now }: Turn, master: Master, runId: string): boolean {
  return master.peers.has(runId) || [...formerVoters(state, master, now.mono)].includes(runId)
    || tombstoneOf(master, 'sentinel', runId, now.mono) !== undefined
}

/**
 * Whether a hello is ignored because its sender was forgotten. A hello that the sender published to us itself proves
 * that it lives. One that came over a data node may be old, so that others must follow. A newer configuration is
 * followed, whichever sentinel announces it.
 */
export function staysForgotten(turn: Turn, master: Master, hello: Hello, isDirect: boolean): boolean {
  const name = hello.runId
  const tombstone = tombstoneOf(master, 'sentinel', name, turn.now.mono)
  if (tombstone === undefined) return false
  const isNews = hello.configEpoch > master.configEpoch
  if (!isNews && (tombstone.ignoresHellos || !(isDirect || isHeardAgain(turn, tombstone)))) return true
  dropTombstone(turn, master, 'sentinel', name)
  turn.note({ kind: 'known-again', master: master.name, what: 'sentinel', name })
  return false
}

function isHeardAgain({ now }: Turn, tombstone: Tombstone): boolean {
  const age = now.mono - (tombstone.heardAt ?? -Infinity)
  if (age > HEARD_AGAIN_MAX_MS) tombstone.heardAt = now.mono
  return age >= HEARD_AGAIN_MS && age <= HEARD_AGAIN_MAX_MS
}
