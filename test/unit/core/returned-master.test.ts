/** Which masters that were replaced are demoted before the usual wait (docs/decisions/0045-returned-master.md). */
import { describe, expect, it } from 'vitest'
import { switchMaster } from '../../../src/core/failover/conclude.ts'
import { doubtReturnedMaster } from '../../../src/core/failover/correction.ts'
import { demoteOldMaster } from '../../../src/core/failover/promotion.ts'
import { mayBeOrdered, mayBePromoted } from '../../../src/core/monitoring/foreign-nodes.ts'
import { parseInfo } from '../../../src/core/monitoring/info-parser.ts'
import { absorbInfo } from '../../../src/core/monitoring/info-refresh.ts'
import { isConfigurationConfirmed } from '../../../src/core/monitoring/returned-master.ts'
import type { DataNode } from '../../../src/core/state/instance.ts'
import type { Master } from '../../../src/core/state/master.ts'
import type { Peer } from '../../../src/core/state/peer.ts'
import type { Replica } from '../../../src/core/state/replica.ts'
import type { Turn } from '../../../src/core/turn.ts'
import { connect, later, masterIn, peerOf, replicaOf, sentBy, turnAt } from './records.ts'

const OURS = '1'.repeat(40)
const FRESH = '3'.repeat(40)
const OTHERS = '9'.repeat(40)
const NONE = '0'.repeat(40)

interface Shown {
  readonly follows?: string
  readonly replid?: string
  readonly replid2?: string
  readonly run?: string
  /** Addresses of its own replicas. */
  readonly lists?: readonly string[]
}

function show(turn: Turn, node: DataNode, { follows, replid = OURS, replid2 = NONE, run = 'm', lists = [] }: Shown): void {
  const text = [
    `run_id:${run.repeat(40)}`, 'loading:0', `role:${follows === undefined ? 'master' : 'slave'}`,
    ...follows === undefined ? [] : [`master_host:${follows}`, 'master_port:6379', 'master_link_status:up', 'slave_repl_offset:100'],
    ...lists.map((ip, at) => `slave${at}:ip=${ip},port=6379,state=online,offset=100,lag=0`),
    `master_replid:${replid}`, `master_replid2:${replid2}`, 'master_repl_offset:100', '# Keyspace', 'db0:keys=1,expires=0',
  ].join('\r\n')
  absorbInfo(turn, node, { text, facts: parseInfo(text), askedAt: turn.now.mono })
}

/** The master is replaced by its first replica. Its record is the one of a replica then. */
function replaced(): { turn: Turn, master: Master, old: Replica, other: Replica } {
  const turn = turnAt()
  const master = masterIn(turn)
  for (const letter of ['b', 'c']) peerOf(turn, master, letter)
  const [promoted] = [replicaOf(turn, master, 1), replicaOf(turn, master, 2)]
  show(turn, master, {})
  Object.assign(master, { configEpoch: 1n, leaderEpoch: 1n })
  switchMaster(turn, master, promoted.address, 'observer')
  connect(turn, master.link)
  show(turn, master, { replid: '2'.repeat(40), replid2: OURS, run: 'b' })
  const [old, other] = ['10.0.1.1:6379', '10.0.1.3:6379'].map((name) => master.replicas.get(name))
  if (old === undefined || other === undefined) throw new Error('a replica is missing')
  for (const { link } of [old, other]) connect(turn, link)
  return { turn: later(turn, 1000), master, old, other }
}

/** Whether the peers are asked for their last votes, which comes before a demotion at once. */
function asksPeers(turn: Turn, master: Master, replica: Replica): boolean {
  doubtReturnedMaster(turn, master, replica)
  return sentBy(turn).some((command) => command.includes('is-master-down-by-addr'))
}

describe('a master that was replaced and runs again', () => {
  it.each<[string, Shown]>([
    ['never ended', {}],
    ['was restarted from an RDB file', { replid: FRESH, replid2: OURS, run: 'x' }],
    ['was restarted from an append-only file or without data', { replid: FRESH, run: 'x' }],
    ['was so, and a replica of ours follows it', { replid: FRESH, run: 'x', lists: ['10.0.1.3'] }],
    ['has our data, and an unknown replica follows it', { lists: ['10.9.9.9'] }],
  ])('may be demoted at once when it %s', (_title, shown) => {
    const { turn, master, old } = replaced()
    show(turn, old, shown)
    expect(asksPeers(turn, master, old)).toBe(true)
  })

  it('may not be demoted at once, nor promoted, once an unknown replica follows it', () => {
    const { turn, master, old } = replaced()
    show(turn, old, { replid: FRESH, run: 'x' })
    const next = later(turn, 300)
    show(next, old, { replid: FRESH, run: 'x', lists: ['10.9.9.9'] })
    expect(asksPeers(next, master, old)).toBe(false)
    expect(mayBePromoted(next.state, master, old)).toBe(false)
  })

  it.each<[string, Shown]>([
    ['has unknown data, and an unknown replica follows it', { replid: OTHERS, run: 'x', lists: ['10.0.1.3', '10.9.9.9'] }],
    ['has unknown data that had another unknown id before', { replid: FRESH, replid2: OTHERS, run: 'x' }],
  ])('waits as with the original when it %s', (_title, shown) => {
    const { turn, master, old } = replaced()
    show(turn, old, shown)
    expect(asksPeers(turn, master, old)).toBe(false)
  })
})

describe('a replica that comes back as a master', () => {
  it.each<[string, Shown, boolean]>([
    ['at once when its data are ours', { replid: FRESH, replid2: OURS, run: 'x' }, true],
    ['as late as with the original when its data are unknown', { replid: FRESH, run: 'x' }, false],
  ])('may be demoted %s', (_title, shown, isEarly) => {
    const { turn, master, other } = replaced()
    show(turn, other, { follows: '10.0.1.2', run: 'c' })
    show(turn, other, shown)
    expect(asksPeers(turn, master, other)).toBe(isEarly)
  })
})

describe('a master whose successor has been promoted by this sentinel', () => {
  function promoting() {
    const turn = turnAt()
    const master = masterIn(turn)
    const [promoted] = [replicaOf(turn, master, 1), replicaOf(turn, master, 2)]
    show(turn, master, {})
    const failover = { phase: 'reconf-replicas', epoch: 1n, forced: false, since: turn.now.mono, promoted, oldOrderedAt: undefined }
    Object.assign(master, { failover })
    return { turn: later(turn, 1000), master }
  }

  it.each<[string, Shown]>([
    ['never ended', { lists: ['10.0.1.2', '10.0.1.3'] }],
    ['was restarted from an RDB file', { replid: FRESH, replid2: OURS, run: 'x' }],
    ['was restarted from an append-only file or without data', { replid: FRESH, run: 'x' }],
  ])('is ordered to follow it when it %s', (_title, shown) => {
    const { turn, master } = promoting()
    show(turn, master, shown)
    demoteOldMaster(turn, master)
    expect(sentBy(turn)).toContain('SLAVEOF 10.0.1.2 6379')
  })

  it.each<[string, Shown]>([
    ['lists unknown replicas', { replid: OTHERS, run: 'x', lists: ['10.9.9.9'] }],
    ['had another unknown id before', { replid: FRESH, replid2: OTHERS, run: 'x' }],
  ])('is another one, gets no order and adds nothing, when it has unknown data and %s', (_title, shown) => {
    const { turn, master } = promoting()
    show(turn, master, shown)
    demoteOldMaster(turn, master)
    expect(sentBy(turn)).toEqual([])
    expect([...master.replicas.keys()]).toEqual(['10.0.1.2:6379', '10.0.1.3:6379'])
    expect(turn.state.lineage.get('mymaster')).toEqual([OURS])
  })
})

describe('a replica of another deployment that takes the address of the old master before the switch', () => {
  it('lends its data to no other node: a master that had them before gets no order', () => {
    const turn = turnAt()
    const master = masterIn(turn)
    const [promoted, other] = [replicaOf(turn, master, 1), replicaOf(turn, master, 2)]
    show(turn, master, {})
    show(turn, master, { follows: '10.9.9.9', replid: OTHERS, run: 'x' })
    switchMaster(turn, master, promoted.address, 'leader')
    connect(turn, master.link)
    show(turn, master, { replid: '2'.repeat(40), replid2: OURS, run: 'b' })
    const next = later(turn, 1000)
    const present = master.replicas.get(other.name)
    if (present === undefined) throw new Error('the replica is missing')
    connect(next, present.link)
    show(next, present, { replid: FRESH, replid2: OTHERS, run: 'y' })
    expect(mayBeOrdered(next.state, master, present)).toBe(false)
  })
})

describe('the configuration that deposed a master', () => {
  /** One of two peers has answered with a vote of this configuration, after INFO had shown the old master. */
  function answered(): { turn: Turn, master: Master, old: Replica, peers: readonly [Peer, Peer] } {
    const { turn, master, old } = replaced()
    show(turn, old, {})
    const next = later(turn, 100)
    const [first, second] = [...master.peers.values()]
    if (first === undefined || second === undefined) throw new Error('a peer is missing')
    for (const peer of [first, second]) peer.announcedMaster = { configEpoch: 1n, host: '10.0.1.2', port: 6379 }
    Object.assign(first.lastVote, { epoch: 1n, answeredFor: next.now.mono })
    return { turn: next, master, old, peers: [first, second] }
  }

  it('is confirmed by this sentinel and the last vote of one of two peers', () => {
    const { turn, master, old } = answered()
    expect(isConfigurationConfirmed(turn, master, old)).toBe(true)
  })

  it.each<[string, (given: ReturnType<typeof answered>) => void]>([
    ['that peer has voted in a later epoch', ({ peers: [first] }) => { first.lastVote.epoch = 2n }],
    ['the other peer has told of its later vote', ({ peers: [, second] }) => { second.leaderEpoch = 2n }],
    ['the other peer announces a later configuration', ({ peers: [, second] }) => {
      second.announcedMaster = { configEpoch: 2n, host: '10.0.1.1', port: 6379 }
    }],
    ['this sentinel has voted in a later epoch', ({ master }) => { master.leaderEpoch = 2n }],
    ['this sentinel has never voted', ({ master }) => { master.leaderEpoch = 0n }],
    ['that peer answered without an epoch', ({ peers: [first] }) => { first.lastVote.epoch = 0n }],
    ['that peer answered before INFO showed the old master', ({ old, peers: [first] }) => {
      first.lastVote.answeredFor = old.roleReportedSince - 1
    }],
    ['that peer announces another address', ({ peers: [first] }) => {
      first.announcedMaster = { configEpoch: 1n, host: '10.0.1.3', port: 6379 }
    }],
    ['that peer announces an earlier configuration', ({ peers: [first] }) => {
      first.announcedMaster = { configEpoch: 0n, host: '10.0.1.1', port: 6379 }
    }],
  ])('is not confirmed when %s', (_title, change) => {
    const given = answered()
    change(given)
    expect(isConfigurationConfirmed(given.turn, given.master, given.old)).toBe(false)
  })
})
