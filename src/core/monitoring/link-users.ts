/** The records that share a link (behaviour.md 1.5). */
import type { Instance } from '../state/instance.ts'
import type { Link } from '../state/link.ts'
import { masterOf } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'

/** The records that use a link. */
export function usersOf(turn: Turn, link: Link): Instance[] {
  const users: Instance[] = []
  for (const id of link.users) {
    const user = turn.state.records.get(id)
    if (user !== undefined) users.push(user)
  }
  return users
}

/** Schedules the users and their masters: elections need reachable peers, failovers need reachable replicas. */
export function touchUsers(turn: Turn, link: Link): void {
  for (const user of usersOf(turn, link)) {
    turn.touch(user)
    const master = masterOf(turn.state, user)
    if (master !== undefined && (master.sdown || master.failover.phase !== 'none')) turn.touch(master)
  }
}
