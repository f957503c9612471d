/**
 * Votes that a crash would lose. A vote whose save failed is not on disk: its sentinel may vote for another
 * candidate in the same epoch after a restart, and two candidates could lead in it. Elections must not stop because
 * disks are full, so such a vote counts only in an epoch that no other candidate can use (own-epoch.ts):
 * - a voter answers that it has no vote, until a save succeeds, unless the epoch is the candidate's own;
 * - a candidate that cannot save, or that got this answer from voters, continues in an epoch of its own.
 */
import type { Epoch } from '../state/ids.ts'
import type { Master } from '../state/master.ts'
import type { Turn } from '../turn.ts'
import { isOwnEpoch } from './own-epoch.ts'

/** Whether the save with our last vote has failed, and none has succeeded since. */
function hasLostItsSave({ state }: Turn, master: Master): boolean {
  return state.isSaveFailing && master.voteSeq > state.savedSeq
}

/** Whether our vote for ourselves in this epoch would not survive a crash and others may use the epoch. */
export function mustLeaveEpoch(turn: Turn, master: Master, epoch: Epoch): boolean {
  return master.leaderEpoch === epoch && hasLostItsSave(turn, master) && !isOwnEpoch(epoch, turn.state.myId)
}

/**
 * Returns whether our vote, with which we have won, is on the disk or of an epoch of our own. If not, the election will
 * run again when the save has ended. Only a sentinel that needs no other votes waits here: a request for votes leaves
 * after the save.
 */
export function confirmOwnVote(turn: Turn, master: Master): boolean {
  if (saveNeededForVote(turn, master) === undefined) return true
  turn.state.wonUnsaved.add(master.name)
  return false
}

/** The save that must succeed before our last vote may be reported; undefined where none is needed. */
export function saveNeededForVote({ state }: Turn, master: Master): number | undefined {
  const { leader, leaderEpoch, voteSeq } = master
  if (leader === undefined || voteSeq <= state.savedSeq || isOwnEpoch(leaderEpoch, leader)) return undefined
  return voteSeq
}

/** Records the result of a save. Elections that wait for it, or that may need another epoch, run again. */
export function recordSaveEnd(turn: Turn, { seq, error }: { readonly seq: number, readonly error?: string }): void {
  const { state } = turn
  if (error === undefined) {
    state.savedSeq = Math.max(state.savedSeq, seq)
    state.saveError = undefined
    // A save that was asked for while the disk hung may have been given up before it began.
    if (seq >= state.saveSeq) state.isSaveFailing = false
    runWonElectionsAgain(turn)
    return
  }
  state.isSaveFailing = true
  state.saveError = error
  for (const master of state.masters.values()) {
    if (master.failover.phase === 'wait-start') turn.touch(master)
    if (saveNeededForVote(turn, master) !== undefined) logWithheldVote(turn, master, error)
  }
}

function runWonElectionsAgain(turn: Turn): void {
  const { masters, wonUnsaved } = turn.state
  for (const name of wonUnsaved) {
    const master = masters.get(name)
    if (master !== undefined) turn.touch(master)
  }
  wonUnsaved.clear()
}

function logWithheldVote(turn: Turn, { name, leader = '', leaderEpoch }: Master, error: string): void {
  if (leader === turn.state.myId) return
  turn.noteOnce(`withheld ${name}`, { kind: 'vote-withheld', master: name, candidate: leader, epoch: leaderEpoch, error })
}
