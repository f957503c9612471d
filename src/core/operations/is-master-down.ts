/** A peer asks whether a master is down, and perhaps for our vote (behaviour.md 7.3, 8.2). */
import { reaskDisagreeingPeers } from '../detection/objective-down.ts'
import { isPlausible } from '../plausible-epoch.ts'
import { saveNeededForVote } from '../election/kept-vote.ts'
import { voteUnlessPaused } from '../election/pause.ts'
import type { Effect } from '../effect.ts'
import { meansAddress } from '../names.ts'
import type { Operation } from '../operation.ts'
import { isPort } from '../state/address.ts'
import type { Master } from '../state/master.ts'
import type { Turn } from '../turn.ts'

type Question = Extract<Operation, { kind: 'is-master-down' }>
type MasterDownAnswer = Pick<Extract<Effect, { type: 'answer' }>, 'result' | 'unlessSaved'>

/** The answer, and the one without a vote for the case that the vote could not be saved. */
export function answerMasterDown(turn: Turn, question: Question): MasterDownAnswer {
  const { state } = turn
  const master = masterAt(turn, question)
  if (master === undefined) return { result: { kind: 'master-down', down: false, leader: undefined, epoch: 0n } }
  const down = master.sdown && state.tiltSince === undefined
  reaskDisagreeingPeers(turn, master)
  if (question.candidate === '*') return { result: { kind: 'master-down', down, leader: undefined, epoch: 0n } }
  // No sentinel can have reached an implausible epoch: the vote does not change.
  const { epoch, candidate } = question
  if (isPlausible(epoch, turn.state.currentEpoch)) voteUnlessPaused(turn, master, epoch, candidate)
  else turn.complain('SENTINEL IS-MASTER-DOWN-BY-ADDR', `the implausible epoch ${epoch}`)
  const result = { kind: 'master-down', down, leader: master.leader, epoch: master.leaderEpoch } as const
  const seq = saveNeededForVote(turn, master)
  return seq === undefined ? { result } : { result, unlessSaved: { seq, result: { ...result, leader: undefined } } }
}

/** The first master with the address in question; names are not part of the question. */
function masterAt(turn: Turn, { host, port }: Question): Master | undefined {
  if (!isPort(port)) return undefined
  for (const master of turn.state.masters.values()) {
    if (meansAddress(turn.state, master.address, host, port)) return master
  }
  return undefined
}
