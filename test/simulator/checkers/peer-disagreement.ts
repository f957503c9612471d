/**
 * A sentinel reports that a peer names another master only where the two really have had different ones for the time
 * that it takes (docs/decisions/0056-sentinels-that-disagree.md). Addresses are compared as clients get them.
 */
import type { Now } from '../../../src/core/index.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Checker } from './watch.ts'

/** 10 s on the clock of a sentinel that drifts, with hellos that were sent before the two agreed and arrive later. */
const DIFFERED_MS = 7000
/** Its peer may have given way since the hello left that shows the other address. */
const TRAVEL_MS = 3000

export const peerDisagreement: Checker = {
  invariant: 'a sentinel that is reported to disagree has had another master for some time',
  watch: ({ cluster, report }) => {
    /** By sentinel and master: the address. */
    const addresses = new Map<string, string>()
    /** By two sentinels and a master: when they last began to differ, and when they last ended that. */
    const agreedAt = new Map<string, number>()
    const differedAt = new Map<string, number>()
    const keyOf = (one: SentinelNode, other: SentinelNode, master: string) => (
      `${[one.name, other.name].sort().join(' ')} ${master}`
    )
    const addressOf = (sentinel: SentinelNode, master: string) => addresses.get(`${sentinel.name} ${master}`)

    /** Called before an address changes: whoever had it as well agreed until now, and the others differed. */
    const settle = (sentinel: SentinelNode, master: string) => {
      const address = addressOf(sentinel, master)
      for (const other of cluster.sentinels) {
        if (other === sentinel) continue
        const until = addressOf(other, master) === address ? agreedAt : differedAt
        until.set(keyOf(sentinel, other, master), cluster.nowMs)
      }
    }

    const follow = (sentinel: SentinelNode) => {
      for (const master of sentinel.view?.masterNames() ?? []) {
        const { host, port } = sentinel.view?.clientAddress(master) ?? {}
        const address = `${host} ${port}`
        if (addressOf(sentinel, master) === address) continue
        settle(sentinel, master)
        addresses.set(`${sentinel.name} ${master}`, address)
      }
    }

    const judge = (sentinel: SentinelNode, peerId: string, master: string, now: Now) => {
      const peer = cluster.sentinels.find(({ id }) => id === peerId)
      // What arrives in the name of one that does not run was made by a test.
      if (peer?.isUp !== true) return
      const key = keyOf(sentinel, peer, master)
      const differs = addressOf(sentinel, master) !== addressOf(peer, master)
      const untilMs = differs ? cluster.nowMs : differedAt.get(key) ?? -Infinity
      const differedMs = untilMs - (agreedAt.get(key) ?? 0)
      if (differedMs >= DIFFERED_MS && untilMs >= cluster.nowMs - TRAVEL_MS) return
      const what = `they differed for ${Math.round(differedMs)} ms until ${Math.round(cluster.nowMs - untilMs)} ms ago`
      report(`${sentinel.name} says at ${Math.round(now.mono)} that ${peer.name} names another master ${master} although ${what}`)
    }

    return {
      stepped: (sentinel, _input, effects, now) => {
        follow(sentinel)
        for (const effect of effects) {
          if (effect.type !== 'emit' || effect.event.name !== '+peer-disagrees') continue
          judge(sentinel, effect.event.subject.name, effect.event.master ?? '', now)
        }
      },
    }
  },
}
