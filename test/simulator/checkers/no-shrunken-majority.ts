/**
 * No sentinel leads with the votes of a minority of those that exist, whatever was forgotten, by operators or because
 * it was dead for long (docs/decisions/0054-forgetting.md). FORCE, RESET and REMOVE are an operator's own word.
 */
import { knownPeers, type Checker } from './watch.ts'

export const noShrunkenMajority: Checker = {
  invariant: 'a minority never forgets itself into a majority',
  watch: ({ cluster, attempts, votes, report }) => {
    /** `sentinel master` that knew all others at once. */
    const informed = new Set<string>()
    /** `sentinel master` that an operator made forget others, whatever follows. */
    const excused = new Set<string>()
    const ids = new Set(cluster.sentinels.map(({ id }) => id))
    const majority = Math.floor(ids.size / 2) + 1
    return {
      stepped: (sentinel, input) => {
        if (input.type !== 'operation') return
        const { operation } = input
        const isOwnWord = ['reset', 'remove', 'monitor'].includes(operation.kind) || (operation.kind === 'forget' && operation.isForced)
        if (isOwnWord) for (const { name } of cluster.groups) excused.add(`${sentinel.name} ${name}`)
      },
      said: (sentinel, { name, master = '' }) => {
        const key = `${sentinel.name} ${master}`
        if (excused.has(key)) return
        if (!informed.has(key) && knownPeers(sentinel, master, ids) === ids.size - 1) informed.add(key)
        if (name !== '+elected-leader' || !informed.has(key)) return
        const attempt = attempts.current(sentinel, master)
        if (attempt === undefined || attempt.isForced) return
        const voters = votes.votersOf(master, attempt.epoch, sentinel.id)
        if (voters.length >= majority) return
        report(`${sentinel.name} leads ${master} with the votes of ${voters.join(', ')}: ${voters.length} of ${ids.size} sentinels`)
      },
    }
  },
}
