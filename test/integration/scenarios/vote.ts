import type { Address, Reply, SentinelProcess } from '../../../src/harness/index.ts'

/** The answer to a request for a vote. */
export interface VoteReply {
  readonly down: boolean
  /** Id of the candidate that has the vote, or `*` when the sentinel does not say. */
  readonly leader: string
  readonly epoch: number
}

/** Asks as a candidate asks (behaviour.md 7.2): `SENTINEL is-master-down-by-addr <ip> <port> <epoch> <id>`. */
export async function askForVote(
  sentinel: SentinelProcess,
  master: Address,
  epoch: number,
  candidate: string,
): Promise<VoteReply> {
  const reply = await sentinel.call([
    'SENTINEL', 'is-master-down-by-addr', master.host, String(master.port), String(epoch), candidate,
  ])
  if (!Array.isArray(reply)) throw new Error(`unexpected reply: ${JSON.stringify(reply)}`)
  const [down, leader, leaderEpoch] = reply as readonly Reply[]
  return { down: down === 1, leader: String(leader), epoch: Number(leaderEpoch) }
}
