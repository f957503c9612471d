/** In TILT nothing is decided: no flag of down is set or cleared, no failover begins (behaviour.md 16.1.16). */
import type { Checker } from './watch.ts'

const DECISIONS = new Set(['+sdown', '-sdown', '+odown', '-odown', '+elected-leader', '+selected-slave', '+promoted-slave'])

export const tiltHoldsStill: Checker = {
  invariant: 'TILT decides nothing',
  watch: ({ report }) => ({
    stepped: (sentinel, _input, effects, now) => {
      for (const effect of effects) {
        if (effect.type !== 'emit' || !DECISIONS.has(effect.event.name)) continue
        if (sentinel.view?.summary(now).tilt === true) report(`${sentinel.name} says ${effect.event.name} in TILT`)
      }
    },
  }),
}
