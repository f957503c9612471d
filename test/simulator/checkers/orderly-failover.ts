/** A promotion that was seen is never taken back, and no failover ends before it (behaviour.md 16.1.18). */
import type { Checker } from './watch.ts'

export const orderlyFailover: Checker = {
  invariant: 'a failover goes through its phases in order',
  watch: ({ report }) => {
    const isPromoted = new Set<string>()
    return {
      ended: ({ name: sentinel }) => {
        for (const key of [...isPromoted]) if (key.startsWith(`${sentinel} `)) isPromoted.delete(key)
      },
      said: (sentinel, { name, master = '' }) => {
        const key = `${sentinel.name} ${master}`
        if (name === '+promoted-slave') isPromoted.add(key)
        else if (name === '+try-failover' || name === '+switch-master' || name === '-monitor' || name === '+reset-master') {
          isPromoted.delete(key)
        } else if (name.startsWith('-failover-abort') && isPromoted.has(key)) {
          report(`${sentinel.name} says ${name} after the promotion`)
        } else if (name === '+failover-end' && !isPromoted.has(key)) {
          report(`${sentinel.name} says +failover-end before any promotion`)
        }
      },
    }
  },
}
