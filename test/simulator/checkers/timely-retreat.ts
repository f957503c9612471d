/**
 * A failover ends before its first order when the master answers its leader again, and never between the order to the
 * chosen replica and the end of failover-timeout: there could be two masters then.
 */
import type { Checker } from './watch.ts'

export const timelyRetreat: Checker = {
  invariant: 'a failover is given up for a living master before its order, and never after it',
  watch: ({ report }) => {
    /** The orders that are out, by sentinel and master: when, and for which epoch. */
    const ordered = new Map<string, { readonly at: number, readonly epoch: bigint }>()
    return {
      ended: ({ name }) => {
        for (const key of [...ordered.keys()]) if (key.startsWith(`${name} `)) ordered.delete(key)
      },
      stepped: (sentinel, _input, effects, now) => {
        for (const effect of effects) {
          if (effect.type !== 'emit') continue
          const { name, master: masterName = '' } = effect.event
          const key = `${sentinel.name} ${masterName}`
          const master = sentinel.memory?.state.masters.get(masterName)
          if (name === '+failover-state-wait-promotion' && master?.failover.phase === 'wait-promotion') {
            const { forced, epoch } = master.failover
            // The order goes to the master, which promotes nobody without handing over (coordinated-failover.ts).
            if (master.handover !== undefined) continue
            ordered.set(key, { at: now.mono, epoch })
            const lives = !master.sdown && master.link.pulse === 'serving' && master.roleReported === 'master'
            if (lives && !forced) report(`${sentinel.name} promotes a replica of ${masterName} although that answers again`)
          } else if (name.startsWith('-failover-abort')) {
            const order = ordered.get(key)
            ordered.delete(key)
            if (order === undefined || master === undefined || master.configEpoch >= order.epoch) continue
            const age = now.mono - order.at
            if (age < master.settings.failoverTimeoutMs) report(`${sentinel.name} says ${name} ${age} ms after its order to promote`)
          } else if (['+promoted-slave', '+switch-master', '+reset-master', '-monitor'].includes(name)) {
            ordered.delete(key)
          }
        }
      },
    }
  },
}
