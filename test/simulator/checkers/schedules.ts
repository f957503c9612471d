/**
 * A scheduled failover begins within a minute of its time, once, and only if it was neither cancelled nor overtaken by
 * a switch (docs/decisions/0053-schedule.md). Schedules are followed by their events and by what the disks hold.
 *
 * Two orders for one time are the same schedule where they were given for the same configuration. An operator whose
 * order reaches the sentinels one after another may be overtaken: the clock of the first one is ahead by as much as it
 * takes, and it has carried the order out when the last one gets it (seed 270000460). The last one has seen the switch,
 * and cannot tell this order from a second one, about the new master.
 */
import type { Effect, Epoch, Now } from '../../../src/core/index.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import { monitoredOf, type Checker } from './watch.ts'

const LATE_MS = 60_000
/** A sentinel that was stopped or in TILT looks at its schedules a moment later. */
const SLACK_MS = 2000

/** Which sentinel has carried a schedule out, and the node that it promoted. */
interface Carried {
  readonly by: string
  readonly ip: string
}

export const schedulesHold: Checker = {
  invariant: 'a scheduled failover begins at its time, once',
  watch: ({ cluster, report }) => {
    /** Unix time of each schedule, by sentinel and master. */
    const held = new Map<string, number>()
    /** The config-epoch that each of these orders was given for. */
    const orderedIn = new Map<string, Epoch>()
    /** The schedule that the present attempt of a sentinel comes from: its time and config-epoch. */
    const begun = new Map<string, string>()
    const done = new Map<string, Carried>()

    const take = (sentinel: SentinelNode, effects: readonly Effect[], { wall }: Now) => {
      for (const effect of effects) {
        if (effect.type !== 'emit') continue
        const { event } = effect
        const key = `${sentinel.name} ${event.master}`
        if (event.name === '+try-failover') begun.delete(key)
        if (event.name === '+scheduled') {
          held.set(key, event.at)
          const { schedule, configEpoch = 0n } = sentinel.memory?.state.masters.get(event.master ?? '') ?? {}
          orderedIn.set(key, schedule?.kept.configEpoch ?? configEpoch)
        }
        if (event.name === '-monitor') held.delete(key)
        if (event.name !== '-scheduled') continue
        const at = held.get(key)
        held.delete(key)
        if (event.why !== 'started') continue
        if (at === undefined) report(`${sentinel.name} begins a failover of ${event.master} that it has not scheduled`)
        else if (wall < at || wall - at > LATE_MS) report(`${sentinel.name} begins a failover of ${event.master} ${wall - at} ms late`)
        else begun.set(key, `${at} ${orderedIn.get(key)}`)
      }
    }

    return {
      started: (sentinel) => {
        for (const [master, { at }] of monitoredOf(sentinel, sentinel.disk.ownContent.schedules)) {
          held.set(`${sentinel.name} ${master}`, at)
        }
      },
      ended: ({ name }) => {
        for (const map of [held, begun]) for (const key of [...map.keys()]) if (key.startsWith(`${name} `)) map.delete(key)
      },
      stepped: (sentinel, input, effects, now) => {
        take(sentinel, effects, now)
        if (input.type === 'start') return
        for (const effect of effects) {
          if (effect.type !== 'emit' || effect.event.name !== '+switch-master') continue
          const { master } = effect.event
          if (held.has(`${sentinel.name} ${master}`)) report(`${sentinel.name} keeps the schedule of ${master} over a switch`)
        }
        for (const master of sentinel.memory?.state.masters.values() ?? []) {
          const at = held.get(`${sentinel.name} ${master.name}`)
          if (master.schedule?.kept.at !== at) report(`${sentinel.name} has the schedule ${master.schedule?.kept.at} of ${master.name}, not ${at}`)
          const isLate = at !== undefined && now.wall - at > LATE_MS + SLACK_MS
          if (isLate && input.type === 'tick' && sentinel.memory?.state.tiltSince === undefined && hasLooked(effects)) {
            report(`${sentinel.name} still has a schedule of ${master.name} that is ${now.wall - at} ms late`)
          }
        }
      },
      said: (sentinel, event) => {
        if (event.name !== '+promoted-slave') return
        const { master = '', subject } = event
        const at = begun.get(`${sentinel.name} ${master}`)
        if (at === undefined) return
        const ip = cluster.network.firstIp(subject.host)
        const first = done.get(`${master} ${at}`)
        // Two that do not hear each other may both begin: the master moves once where they choose the same node.
        if (first !== undefined && first.ip !== ip) {
          report(`${sentinel.name} replaces ${master} by the schedule that ${first.by} has carried out`)
        }
        done.set(`${master} ${at}`, { by: sentinel.name, ip })
      },
    }
  },
}

/** Any step that asked the master something has looked at its record. */
function hasLooked(effects: readonly Effect[]): boolean {
  return effects.some((effect) => effect.type === 'send' && effect.request.kind === 'ping')
}
