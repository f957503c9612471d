/**
 * Majorities of one set share a voter, and each votes once: an epoch has one leader (behaviour.md 16.1.4). The same
 * holds for failovers that operators order and for sentinels that RESET made forget others: without a majority of all,
 * they lead in an epoch of their own. So do candidates where votes cannot be saved.
 */
import type { Checker } from './watch.ts'

export const oneLeaderPerEpoch: Checker = {
  invariant: 'one leader for each master and epoch',
  watch: ({ attempts, report }) => {
    const leaders = new Map<string, string>()
    return {
      said: (sentinel, { name, master = '' }) => {
        if (name !== '+elected-leader') return
        const attempt = attempts.current(sentinel, master)
        if (attempt === undefined) {
          report(`${sentinel.name} was elected for ${master} without having stood`)
          return
        }
        const key = `${master} ${attempt.epoch}`
        const other = leaders.get(key)
        leaders.set(key, sentinel.name)
        if (other !== undefined) report(`${other} and ${sentinel.name} both lead ${master} in epoch ${attempt.epoch}`)
      },
    }
  },
}
