/** A sentinel tells of one vote for each master and epoch, over all its lives (behaviour.md 16.1.1). */
import type { Checker } from './watch.ts'

export const noDoubleVote: Checker = {
  invariant: 'one vote for each sentinel, master and epoch',
  watch: ({ votes, report }) => {
    votes.whenVotedTwice(({ voter, master, epoch, first, second }) => {
      report(`${voter} voted for ${first} and for ${second} about ${master} in epoch ${epoch}`)
    })
    return {}
  },
}
