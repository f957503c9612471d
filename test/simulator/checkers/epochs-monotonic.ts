/** Epochs never go back: not in memory, and what was told not over restarts either (behaviour.md 16.1.2 and 16.1.8). */
import type { SentinelNode } from '../sentinel-node.ts'
import { sentHello, type Checker } from './watch.ts'

export const epochsMonotonic: Checker = {
  invariant: 'epochs never go back',
  watch: ({ report }) => {
    /** Highest seen, by sentinel and what it is about. */
    const memory = new Map<string, bigint>()
    const told = new Map<string, bigint>()
    const raise = (floor: Map<string, bigint>, key: string, value: bigint, kind: string) => {
      const before = floor.get(key)
      if (before !== undefined && value < before) report(`${key}: ${kind} went from ${before} back to ${value}`)
      if (before === undefined || value > before) floor.set(key, value)
    }
    const forget = (floor: Map<string, bigint>, sentinel: SentinelNode, master: string) => {
      for (const key of [...floor.keys()]) if (key.startsWith(`${sentinel.name} ${master}`)) floor.delete(key)
    }
    return {
      stepped: (sentinel, _input, effects, now) => {
        const { view } = sentinel
        if (view === undefined) return
        raise(memory, `${sentinel.name} `, view.currentEpoch, 'the epoch')
        if (!effects.some((effect) => effect.type === 'persist')) return
        for (const name of view.masterNames()) {
          raise(memory, `${sentinel.name} ${name}`, view.master(name, now)?.configEpoch ?? 0n, 'the config-epoch')
        }
      },
      sent: (sentinel, argv, request) => {
        if (request.kind !== 'publish' || !sentinel.isDurable) return
        const hello = sentHello(argv)
        if (hello === undefined) return
        raise(told, `${sentinel.name} `, hello.epoch, 'the epoch that it tells')
        raise(told, `${sentinel.name} ${hello.master}`, hello.configEpoch, 'the config-epoch that it tells')
      },
      ended: (sentinel) => { forget(memory, sentinel, '') },
      said: (sentinel, { name, master }) => {
        // A master that was removed begins anew.
        if (name !== '-monitor' || master === undefined) return
        forget(memory, sentinel, master)
        forget(told, sentinel, master)
      },
    }
  },
}
