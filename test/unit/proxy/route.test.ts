import { describe, expect, it } from 'vitest'

import { FailingNodes } from '../../../src/proxy/route/failing-nodes.ts'
import { chooseReadNode } from '../../../src/proxy/route/read-node.ts'
import { mayStay, routeConnection, type ConnectionFacts, type RouteRules } from '../../../src/proxy/route/route.ts'
import { WaitingClients } from '../../../src/proxy/route/waiting-clients.ts'
import type { NodeAddress, ReadNode, TopologyView } from '../../../src/proxy/topology/topology.ts'

const node = (last: number, zone?: string) => ({ address: { host: `10.0.0.${last}`, port: 6379 }, zone })
const [MASTER, NEAR, FAR] = [node(1, 'b'), node(2, 'a'), node(3, 'b')]
const RULES: RouteRules = { readFrom: 'prefer-replica', zone: 'a', minority: 'refuse', waitForMasterMs: 5_000 }

interface ViewChange {
  readonly master?: ReadNode | null
  readonly replicas?: readonly ReadNode[]
  readonly uncertainFrom?: number
}

function view(change: ViewChange = {}): TopologyView {
  const { master = MASTER, replicas = [FAR, NEAR], uncertainFrom } = change
  return { shardOf: () => ({ name: 'mymaster', master: master ?? undefined, replicas }), uncertainFrom }
}

function facts(change: Partial<ConnectionFacts> = {}): ConnectionFacts {
  return { now: 10_000, connectionsTo: () => 0, isFailing: () => false, ...change }
}

describe('a client of the master port', () => {
  it('is led to the master', () => {
    expect(routeConnection('write', RULES, view(), facts())).toEqual({ kind: 'to', address: MASTER.address, role: 'master' })
  })

  it('waits while no master is known, and while the master cannot be reached', () => {
    expect(routeConnection('write', RULES, view({ master: null }), facts())).toEqual({
      kind: 'wait', error: "ERR no master for 'mymaster': the sentinels name none. A failover may be running; try again",
    })
    expect(routeConnection('write', RULES, view(), facts({ isFailing: () => true }))).toMatchObject({
      kind: 'wait', error: expect.stringContaining('10.0.0.1:6379 cannot be reached') as string,
    })
  })

  it('is refused when too few sentinels have answered for longer than wait-for-master, unless minority is serve', () => {
    const uncertain = view({ uncertainFrom: 4_999 })
    expect(routeConnection('write', RULES, uncertain, facts())).toMatchObject({ kind: 'refuse', reason: 'minority' })
    expect(routeConnection('write', RULES, view({ uncertainFrom: 5_000 }), facts())).toMatchObject({ kind: 'to' })
    expect(routeConnection('write', { ...RULES, minority: 'serve' }, uncertain, facts())).toMatchObject({ kind: 'to' })
  })
})

describe('a client of the read port', () => {
  const read = (rules: Partial<RouteRules>, of = view(), known = facts()) => routeConnection('read', { ...RULES, ...rules }, of, known)

  it('is led to a replica of its zone first, then to the one with the fewest connections', () => {
    expect(read({})).toEqual({ kind: 'to', address: NEAR.address, role: 'replica' })
    const busy = facts({ connectionsTo: ({ host }) => host === '10.0.0.2' ? 5 : 1 })
    expect(read({ zone: undefined }, view(), busy)).toMatchObject({ address: FAR.address })
    expect(read({ zone: 'c' }, view(), busy)).toMatchObject({ address: FAR.address })
    expect(read({}, view(), busy)).toMatchObject({ address: NEAR.address })
  })

  it('gets the master without a replica where read-from allows it, and waits where it does not', () => {
    expect(read({}, view({ replicas: [] }))).toMatchObject({ address: MASTER.address, role: 'master' })
    expect(read({ readFrom: 'replica' }, view({ replicas: [] }))).toMatchObject({ kind: 'wait', error: expect.stringContaining("no replica for 'mymaster'") as string })
    expect(read({ readFrom: 'master' })).toMatchObject({ address: MASTER.address })
  })

  it('gets the master of its zone with read-from nearest', () => {
    expect(read({ readFrom: 'nearest', zone: 'b' }, view({ replicas: [NEAR] }))).toMatchObject({ address: MASTER.address, role: 'master' })
  })

  it('is not led to a replica that could not be reached a moment ago', () => {
    expect(read({}, view(), facts({ isFailing: ({ host }) => host === '10.0.0.2' }))).toMatchObject({ address: FAR.address })
  })

  it('is given equal nodes in the order of their addresses', () => {
    expect(chooseReadNode([FAR, NEAR], undefined, () => 1)).toBe(NEAR)
  })
})

describe('an open connection', () => {
  it('stays as long as its node has the role for which it was chosen', () => {
    expect(mayStay(MASTER.address, 'master', view())).toBe(true)
    expect(mayStay(NEAR.address, 'replica', view())).toBe(true)
    expect(mayStay(MASTER.address, 'master', view({ master: NEAR }))).toBe(false)
    expect(mayStay(NEAR.address, 'replica', view({ master: NEAR, replicas: [FAR] }))).toBe(false)
  })
})

describe('clients that wait', () => {
  it('are removed in their order, when their time has come or a node is there', () => {
    const waiting = new WaitingClients<string>()
    waiting.add('first', 100)
    waiting.add('second', 50)
    waiting.add('third', 200)
    expect(waiting.nextDeadline).toBe(50)
    expect(waiting.takeExpired(100)).toEqual(['first', 'second'])
    waiting.add('fourth', 300)
    waiting.remove('third')
    expect(waiting.takeFirst((client) => client === 'third')).toBeUndefined()
    expect(waiting.takeFirst(() => true)).toBe('fourth')
    waiting.add('fifth', 1)
    expect(waiting.takeAll()).toEqual(['fifth'])
    expect([waiting.size, waiting.nextDeadline]).toEqual([0, undefined])
  })
})

describe('a node that cannot be reached', () => {
  const address: NodeAddress = MASTER.address

  it('is tried again after pauses that double up to a second', () => {
    const failing = new FailingNodes()
    let now = 0
    const pauses = Array.from({ length: 7 }, () => {
      failing.failed(address, now)
      const next = failing.nextTry(now) ?? now
      const pause = next - now
      expect([failing.isFailing(address, next - 1), failing.isFailing(address, next)]).toEqual([true, false])
      now = next
      return pause
    })
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1_000, 1_000])
  })

  it('has failed once when many connections fail at the same time', () => {
    const failing = new FailingNodes()
    for (let at = 0; at < 10; at += 1) failing.failed(address, at)
    expect(failing.nextTry(9)).toBe(50)
    expect(failing.recovered(address)).toBe(true)
    expect(failing.recovered(address)).toBe(false)
    expect(failing.isFailing(address, 9)).toBe(false)
  })

  it('is forgotten when it is no part of the fleet any more', () => {
    const failing = new FailingNodes()
    failing.failed(address, 0)
    failing.failed(NEAR.address, 0)
    failing.keepOnly([NEAR.address])
    expect([failing.isFailing(address, 1), failing.isFailing(NEAR.address, 1)]).toEqual([false, true])
  })
})
