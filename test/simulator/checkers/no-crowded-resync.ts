/** At most parallel-syncs replicas are sent to the new master at a time (behaviour.md 16.1.14). */
import type { Checker } from './watch.ts'

export const noCrowdedResync: Checker = {
  invariant: 'at most parallel-syncs replicas resynchronise at a time',
  watch: ({ report }) => ({
    stepped: (sentinel, _input, effects, now) => {
      for (const effect of effects) {
        if (effect.type !== 'emit' || effect.event.name !== '+slave-reconf-sent') continue
        const { view } = sentinel
        const name = effect.event.master ?? ''
        const limit = view?.master(name, now)?.settings.parallelSyncs ?? Infinity
        const busy = view?.replicas(name, now).filter(({ flags }) => (
          flags.includes('reconf_sent') || flags.includes('reconf_inprog')
        )).length ?? 0
        if (busy > limit) report(`${sentinel.name} resynchronises ${busy} replicas of ${name}, ${limit} are allowed`)
      }
    },
  }),
}
