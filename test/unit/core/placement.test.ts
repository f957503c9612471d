/** Which replica is promoted by zones and by the limit of the lag, and how it is explained (0055-zones-and-lag.md). */
import { describe, expect, it } from 'vitest'
import { NO_PLACEMENT, type Placement } from '../../../src/core/index.ts'
import { lagOf, newestOffset, zoneOf } from '../../../src/core/failover/placement.ts'
import { rankReplicas } from '../../../src/core/failover/selection.ts'
import { parseInfo } from '../../../src/core/monitoring/info-parser.ts'
import { absorbInfo } from '../../../src/core/monitoring/info-refresh.ts'
import type { DataNode } from '../../../src/core/state/instance.ts'
import type { Master } from '../../../src/core/state/master.ts'
import { protectionOfAll } from '../../../src/core/state/protection.ts'
import type { Turn } from '../../../src/core/turn.ts'
import { explainMaster } from '../../../src/core/view/explain-master.ts'
import { explanationFields } from '../../../src/explain/index.ts'
import { masterIn, NOW, replicaOf, turnAt } from './records.ts'

const OURS = '1'.repeat(40)
const EARLIER = '2'.repeat(40)
const OTHER = '3'.repeat(40)

interface Shown {
  readonly offset?: number
  readonly zone?: string
  readonly replid?: string
  readonly replid2?: string
  readonly priority?: number
  readonly role?: 'master' | 'slave'
  readonly isLoading?: boolean
}

function show(turn: Turn, node: DataNode, shown: Shown): void {
  const { offset = 1000, zone, replid = OURS, replid2, priority = 100, role = node.kind === 'master' ? 'master' : 'slave' } = shown
  const text = [
    ...zone === undefined ? [] : [`availability_zone:${zone}`],
    `run_id:${(node.runId ?? '').padEnd(40, '0')}`, `loading:${shown.isLoading === true ? 1 : 0}`, `role:${role}`,
    ...role === 'master' ? [] : ['master_host:10.0.1.1', 'master_port:6379', 'master_link_status:up', `slave_repl_offset:${offset}`, `slave_priority:${priority}`],
    `master_replid:${replid}`, ...replid2 === undefined ? [] : [`master_replid2:${replid2}`], `master_repl_offset:${offset}`,
    '# Keyspace', 'db0:keys=5,expires=0',
  ].join('\r\n')
  absorbInfo(turn, node, { text, facts: parseInfo(text), askedAt: NOW })
}

interface Staged {
  readonly settings: Partial<Placement>
  /** INFO of the master, where it has answered. */
  readonly master?: Shown
  /** INFO of r1, r2 and r3. */
  readonly replicas: readonly Shown[]
}

function stage({ settings, master: shown, replicas }: Staged) {
  const turn = turnAt()
  Object.assign(turn.state, { protection: protectionOfAll({ placement: { ...NO_PLACEMENT, ...settings } }) })
  const master = masterIn(turn)
  if (shown !== undefined) show(turn, master, shown)
  const nodes = replicas.map((one, at) => {
    const replica = replicaOf(turn, master, at + 1)
    show(turn, replica, one)
    return replica
  })
  return { turn, master, nodes }
}

/** What `explain` reports of each replica, by its number. */
function verdicts(turn: Turn, master: Master): Readonly<Record<string, string>> {
  const fields = explanationFields(explainMaster(turn.state, master, NOW), [], NOW)
  return Object.fromEntries(fields.filter(([name]) => /^replica-\d/.test(name)).map(([, text]) => {
    const [address = '', ...words] = text.split(' ')
    return [`r${Number(/\.(\d+):/.exec(address)?.[1]) - 1}`, words.join(' ')]
  }))
}

const BY_LINES = [
  { host: '10.0.1.2', port: 6379, zone: 'a' }, { host: '10.0.1.3', port: 6379, zone: 'b' }, { host: '10.0.1.4', port: 6379, zone: 'a' },
]

describe('the replica to promote', () => {
  it.each<[string, Staged, string | undefined, Readonly<Record<string, string>>]>([
    [
      'is in the preferred zone, although another one has more data',
      {
        settings: { preferZone: 'b', zones: BY_LINES }, replicas: [{ offset: 1000 }, { offset: 900 }, { offset: 1000 }],
      },
      'r2',
      {
        r2: 'would be promoted: it is in the preferred zone, among those of its priority (priority 100, zone b, offset 900)',
        r1: 'number 2: it is not in the preferred zone, as the best replica is (priority 100, zone a, offset 1000)',
      },
    ],
    [
      'has the best priority, although another one is in the preferred zone',
      { settings: { preferZone: 'b', zones: BY_LINES }, replicas: [{ priority: 10 }, {}] },
      'r1',
      { r1: 'would be promoted: it has the lowest priority number (priority 10, zone a, offset 1000)' },
    ],
    [
      'has the most data where two are in the preferred zone',
      {
        settings: { preferZone: 'a', zones: BY_LINES }, replicas: [{ offset: 900 }, { offset: 1000 }, { offset: 950 }],
      },
      'r3',
      { r3: 'would be promoted: it has more data than the next one (priority 100, zone a, offset 950)' },
    ],
    [
      'is best without zones where no replica is in the preferred one',
      { settings: { preferZone: 'x', zones: BY_LINES }, replicas: [{ offset: 900 }, { offset: 1000 }] },
      'r2',
      { r1: 'number 2: it has less data than the best replica (priority 100, zone a, offset 900)' },
    ],
    [
      'is in the zone that its server reports, which counts before the settings: a node was moved',
      { settings: { preferZone: 'b', zones: BY_LINES }, replicas: [{ zone: 'b', offset: 900 }, { zone: 'a' }] },
      'r1',
      { r2: 'number 2: it is not in the preferred zone, as the best replica is (priority 100, zone a, offset 1000)' },
    ],
    [
      'is in no zone of never-promote-in, whatever its priority',
      { settings: { neverPromoteIn: ['x', 'a'], zones: BY_LINES }, replicas: [{ priority: 1 }, {}, {}] },
      'r2',
      { r1: 'excluded: it is in zone a, of which no replica may be promoted (never-promote-in)' },
    ],
    [
      'would be in no zone of never-promote-in, and is none where all are in one',
      { settings: { neverPromoteIn: ['a', 'b'], zones: BY_LINES }, replicas: [{}, {}] },
      undefined,
      { r2: 'excluded: it is in zone b, of which no replica may be promoted (never-promote-in)' },
    ],
    [
      'lacks no more than the limit, although another one has the better priority',
      {
        settings: { maxLagBytes: 100 }, master: { offset: 1000 },
        replicas: [{ priority: 1, offset: 899 }, { offset: 900 }],
      },
      'r2',
      { r1: 'excluded: it lacks 101 bytes of the newest data known, at most 100 are allowed (max-lag-bytes), and another replica can be promoted' },
    ],
    [
      'is measured by the best replica where INFO of the master is older',
      {
        settings: { maxLagBytes: 100 }, master: { offset: 500 },
        replicas: [{ priority: 1, offset: 899 }, { offset: 1000 }],
      },
      'r2',
      { r1: 'excluded: it lacks 101 bytes of the newest data known, at most 100 are allowed (max-lag-bytes), and another replica can be promoted' },
    ],
    [
      'lacks too much where all do, without max-lag-strict, and the order of the others holds',
      { settings: { maxLagBytes: 0 }, master: { offset: 2000 }, replicas: [{ offset: 900 }, { offset: 1000 }] },
      'r2',
      {
        r2: 'would be promoted: it has more data than the next one (priority 100, offset 1000), as a last resort: it lacks 1000 bytes of the newest'
          + ' data known, at most 0 are allowed (max-lag-bytes)',
      },
    ],
    [
      'would lack no more than the limit with max-lag-strict, and is none where all lack more',
      {
        settings: { maxLagBytes: 0, isLagStrict: true }, master: { offset: 2000 },
        replicas: [{ offset: 900 }, { offset: 1999 }],
      },
      undefined,
      { r2: 'excluded: it lacks 1 byte of the newest data known, at most 0 are allowed (max-lag-bytes); max-lag-strict excludes it even where no other can be promoted' },
    ],
    [
      'has data of the history of the master, as far as that is known',
      {
        settings: { maxLagBytes: 500 }, master: { replid2: EARLIER },
        replicas: [{ offset: 9000, replid: OTHER }, { offset: 700, replid: EARLIER }],
      },
      'r2',
      {
        r1: 'excluded: how many bytes it lacks cannot be measured, because its data have another replication id, at most 500 are allowed (max-lag-bytes),'
          + ' and another replica can be promoted',
      },
    ],
  ])('is the one that %s', (_title, staged, best, words) => {
    const { turn, master } = stage(staged)
    expect(rankReplicas(turn.state, master, NOW).best?.name).toBe(best === undefined ? undefined : `10.0.1.${Number(best.slice(1)) + 1}:6379`)
    expect(verdicts(turn, master)).toMatchObject(words)
  })

  it('lacks too much rather than that it never synchronised, where one of the two must be promoted', () => {
    const { turn, master, nodes: [never, late] } = stage({
      settings: { maxLagBytes: 0 }, master: { offset: 2000 }, replicas: [{}, {}],
    })
    Object.assign(never ?? {}, { neverSynchronised: true, masterLinkUp: false, offset: 0n })
    expect(rankReplicas(turn.state, master, NOW)).toMatchObject({ best: late, lastResort: 'too-much-lag' })
    const strict = { ...NO_PLACEMENT, maxLagBytes: 0, isLagStrict: true }
    Object.assign(turn.state, { protection: protectionOfAll({ placement: strict }) })
    expect(rankReplicas(turn.state, master, NOW).ranked).toEqual([])
  })
})

describe('the zone of a node', () => {
  it.each([
    ['an address', '10.0.1.2', 'a'], ['another port', '10.0.1.2', undefined, 6380], ['an IPv6 address in any form', '2001:DB8:0::1', 'a'],
    ['a name that the sentinel knows', 'R1.example.com', 'a'], ['another name', 'r2.example.com', undefined],
  ])('is that of the line with %s', (_what, host, zone, port = 6379) => {
    const { turn, master, nodes: [replica] } = stage({ settings: { zones: [{ host, port, zone: 'a' }] }, replicas: [{}] })
    const isName = host.includes('example')
    const ip = host.includes(':') ? '2001:db8::1' : '10.0.1.2'
    if (isName) turn.state.globals.resolveHostnames = true
    Object.assign(replica ?? {}, { address: { host: isName ? 'r1.example.com' : ip, ip, port: 6379 } })
    expect(replica && zoneOf(turn.state, master, replica)).toBe(zone)
  })

  it('is not known where INFO has an empty one and no line names it', () => {
    const { turn, master, nodes: [replica] } = stage({ settings: {}, replicas: [{ zone: '' }] })
    expect(replica && zoneOf(turn.state, master, replica)).toBeUndefined()
  })
})

describe('the newest offset known', () => {
  it('is not that of a master that loads its data or reports the role of a replica', () => {
    const { turn, master } = stage({ settings: {}, master: { offset: 500 }, replicas: [{ offset: 100 }] })
    show(turn, master, { offset: 9000, isLoading: true })
    show(turn, master, { offset: 9000, role: 'slave' })
    expect(newestOffset(master)).toBe(500n)
  })

  it('is that of the best replica where the master has never answered INFO', () => {
    const { master } = stage({ settings: {}, replicas: [{ offset: 100 }, { offset: 300, replid: OTHER }] })
    expect(newestOffset(master)).toBe(300n)
  })

  it('is that of a replica that runs as a master, whose offset as a replica is outdated', () => {
    const { turn, master, nodes: [replica] } = stage({ settings: {}, replicas: [{ offset: 100 }, { offset: 300 }] })
    if (replica !== undefined) show(turn, replica, { offset: 900, role: 'master' })
    expect(newestOffset(master)).toBe(900n)
    expect(replica && lagOf(master, replica, 900n)).toBe(0)
  })

  it('is not that of a replica with another history', () => {
    const { master } = stage({
      settings: {}, master: { offset: 500 }, replicas: [{ offset: 700, replid: EARLIER }, { offset: 600 }],
    })
    expect(newestOffset(master)).toBe(600n)
  })

  it('is not known of a replica that shares only the second id with the master', () => {
    const { master, nodes: [replica] } = stage({
      settings: {}, master: { offset: 500, replid2: EARLIER }, replicas: [{ offset: 500, replid: 'e'.repeat(40), replid2: EARLIER }],
    })
    expect(replica && lagOf(master, replica, 500n)).toBeUndefined()
  })
})
