/** What INFO shows of a master that restarted, and what is made of it (docs/decisions/0049-empty-master.md). */
import { describe, expect, it } from 'vitest'
import { checkSubjectiveDown } from '../../../src/core/detection/subjective-down.ts'
import { rankReplicas } from '../../../src/core/failover/selection.ts'
import { lineageOf } from '../../../src/core/lineage.ts'
import { parseInfo } from '../../../src/core/monitoring/info-parser.ts'
import { absorbInfo } from '../../../src/core/monitoring/info-refresh.ts'
import { reviewLostData } from '../../../src/core/monitoring/lost-data.ts'
import type { DataNode } from '../../../src/core/state/instance.ts'
import { protectionOfAll } from '../../../src/core/state/protection.ts'
import type { Turn } from '../../../src/core/turn.ts'
import { eventsOf, later, masterIn, replicaOf, turnAt } from './records.ts'

const OLD = '1'.repeat(40)
const FRESH = '2'.repeat(40)
const NONE = '0'.repeat(40)

interface Shown {
  readonly role?: 'master' | 'slave'
  readonly run?: string
  readonly replid?: string
  readonly replid2?: string
  readonly offset?: number
  readonly keys?: number
  readonly loading?: boolean
  /** What the process found on its disk; left out by servers before 7.0. */
  readonly found?: { readonly aof: boolean, readonly rdbKeys: number }
}

/** INFO of a master; of a replica where `role` says so, with a link to 10.0.1.1. */
function infoOf(shown: Shown): string {
  const { role = 'master', run = 'a', replid = OLD, replid2 = NONE, offset = 1000, keys = 5, loading = false, found } = shown
  return [
    `run_id:${run.repeat(40)}`, '# Persistence', `loading:${loading ? 1 : 0}`,
    ...found === undefined ? [] : [`rdb_last_load_keys_loaded:${found.rdbKeys}`, `aof_enabled:${found.aof ? 1 : 0}`],
    '# Replication', `role:${role}`,
    ...role === 'master' ? [] : ['master_host:10.0.1.1', 'master_port:6379', 'master_link_status:up', `slave_repl_offset:${offset}`],
    `master_replid:${replid}`, `master_replid2:${replid2}`, `master_repl_offset:${offset}`,
    '# Keyspace', ...keys === 0 ? [] : [`db0:keys=${keys},expires=0`],
  ].join('\r\n')
}

function show(turn: Turn, node: DataNode, shown: Shown): void {
  const text = infoOf(shown)
  absorbInfo(turn, node, { text, facts: parseInfo(text), askedAt: turn.now.mono })
}

const EMPTY: Shown = { run: 'b', replid: FRESH, offset: 0, keys: 0 }

/** A master with data and two replicas that have them, then INFO of the master after it lost its connection. */
function restart(after: Shown, { before = {}, replicas = { role: 'slave' } }: { before?: Shown, replicas?: Shown } = {}) {
  const turn = turnAt()
  const master = masterIn(turn)
  master.runId = undefined
  const [one, two] = [replicaOf(turn, master, 1), replicaOf(turn, master, 2)]
  const both = (at: Turn, shown: Shown) => {
    show(at, one, { role: 'slave', run: 'c', ...shown })
    show(at, two, { role: 'slave', run: 'd', ...shown })
  }
  show(turn, master, before)
  both(turn, replicas)
  const next = later(turn, 500)
  show(next, master, after)
  const fresh = later(turn, 510)
  return { master, one, two, both, next, fresh }
}

describe('a master that restarts', () => {
  it('has lost its data when it has no key, and a replica still has them', () => {
    const { master, both, next, fresh } = restart(EMPTY)
    reviewLostData(next, master)
    // What the replicas had before may be gone.
    expect(master.lostData?.stage).toBe('asked')
    both(fresh, {})
    reviewLostData(fresh, master)
    checkSubjectiveDown(fresh, master)
    expect(eventsOf(fresh)).toEqual(['+lost-data', '+sdown'])
    expect(lineageOf(fresh.state, 'mymaster')).toEqual([OLD])
  })

  it.each([
    ['write to it already', 0], ['have written more since than its replicas ever received', 5000],
  ])('has lost its data although clients %s, when it began without any', (_title, offset) => {
    const { master, both, next, fresh } = restart({ ...EMPTY, keys: 3, offset, found: { aof: false, rdbKeys: 0 } })
    reviewLostData(next, master)
    both(fresh, {})
    reviewLostData(fresh, master)
    checkSubjectiveDown(fresh, master)
    expect(eventsOf(fresh)).toEqual(['+lost-data', '+sdown'])
  })

  it.each<[string, Shown, Parameters<typeof restart>[1]?]>([
    ['ran FLUSHALL, which changes neither its run id nor its replication id', { keys: 0, offset: 1100 }],
    ['loads its data', { ...EMPTY, loading: true }],
    ['has keys and does not report where they come from', { ...EMPTY, keys: 5 }],
    ['has keys, from an append-only file', { ...EMPTY, keys: 5, found: { aof: true, rdbKeys: 0 } }],
    ['has keys, from an RDB file without ids', { ...EMPTY, keys: 5, found: { aof: false, rdbKeys: 4 } }],
    ['has the old id and new keys after it loaded an RDB file without keys', { ...EMPTY, replid2: OLD, found: { aof: false, rdbKeys: 0 } }],
    ['has the old id as its second one, from an RDB file', { ...EMPTY, replid2: OLD, offset: 1000 }],
    ['does not report its id', { ...EMPTY, replid: '' }],
    ['became a replica', { ...EMPTY, role: 'slave' }],
    ['was a cache without keys, like its replicas', EMPTY, { before: { keys: 0 }, replicas: { role: 'slave', keys: 0 } }],
  ])('has not lost its data when it %s', (_title, after, earlier) => {
    const { master, both, next, fresh } = restart(after, earlier)
    reviewLostData(next, master)
    both(fresh, earlier?.replicas ?? {})
    reviewLostData(fresh, master)
    checkSubjectiveDown(fresh, master)
    expect(master.sdown).toBe(false)
    expect(eventsOf(fresh)).toEqual([])
  })

  it('has lost nothing when its replicas show that it was empty before: after FLUSHALL and a restart', () => {
    const { master, both, fresh } = restart(EMPTY)
    both(fresh, { keys: 0 })
    reviewLostData(fresh, master)
    checkSubjectiveDown(fresh, master)
    expect(eventsOf(fresh)).toEqual([])
    expect(master.sdown).toBe(false)
    expect(lineageOf(fresh.state, 'mymaster')).toEqual([FRESH, OLD])
  })

  it('has lost its data when its replicas have none because they copy the empty master at this moment', () => {
    const { master, both, fresh } = restart(EMPTY)
    both(fresh, { keys: 0, offset: 1, loading: true })
    reviewLostData(fresh, master)
    expect(eventsOf(fresh)).toEqual(['+lost-data'])
  })

  it('is not replaced when its replicas have copied the empty master', () => {
    const { master, both, fresh } = restart(EMPTY)
    both(fresh, { keys: 0, replid: FRESH, offset: 14 })
    reviewLostData(fresh, master)
    expect(master.lostData?.stage).toBe('no-copy')
  })

  it('is not replaced by a replica of another lineage', () => {
    const { master, both, fresh } = restart(EMPTY)
    both(fresh, { replid: '3'.repeat(40) })
    reviewLostData(fresh, master)
    expect(master.lostData?.stage).toBe('no-copy')
  })

  it('is reported as lost once when no replica answers in time', () => {
    const { master, next } = restart(EMPTY)
    const late = later(next, 1000)
    reviewLostData(late, master)
    reviewLostData(late, master)
    expect(eventsOf(late)).toEqual(['+lost-data'])
    expect(master.lostData?.stage).toBe('no-copy')
  })
})

describe('with empty-master', () => {
  it('report, the loss is reported and nothing else happens', () => {
    const { master, both, fresh } = restart(EMPTY)
    Object.assign(fresh.state, { protection: protectionOfAll({ emptyMaster: 'report' }) })
    both(fresh, {})
    reviewLostData(fresh, master)
    checkSubjectiveDown(fresh, master)
    expect(eventsOf(fresh)).toEqual(['+lost-data'])
    expect(master.sdown).toBe(false)
  })

  it('off, nothing happens', () => {
    const { master, both, next } = restart({})
    Object.assign(next.state, { protection: protectionOfAll({ emptyMaster: 'off' }) })
    show(next, master, EMPTY)
    both(next, {})
    reviewLostData(next, master)
    expect(master.lostData).toBeUndefined()
  })
})

describe('while a master counts as down for the loss of its data', () => {
  function lost() {
    const all = restart(EMPTY)
    all.both(all.fresh, {})
    reviewLostData(all.fresh, all.master)
    checkSubjectiveDown(all.fresh, all.master)
    return all
  }

  it('only replicas that have them may be promoted', () => {
    const { master, one, two, fresh } = lost()
    show(fresh, two, { role: 'slave', run: 'd', replid: FRESH, keys: 0, offset: 14 })
    const { best, rejected } = rankReplicas(fresh.state, master, fresh.now.mono)
    expect(best).toBe(one)
    expect(rejected).toEqual([{ replica: two, why: 'lost-data' }])
  })

  it('one that another sentinel has promoted may be, too, also where it was never seen as a replica', () => {
    const { master, two, fresh } = lost()
    const promoted = Object.assign(replicaOf(fresh, master, 3), { offset: 0n, roleReported: 'master' })
    show(fresh, promoted, { run: 'f', replid: '3'.repeat(40), replid2: OLD, offset: 2000 })
    show(fresh, two, { role: 'slave', run: 'd', replid: FRESH, keys: 0, offset: 14 })
    expect(rankReplicas(fresh.state, master, fresh.now.mono).rejected.map(({ replica }) => replica)).toEqual([two])
  })

  it.each<[string, Shown]>([
    ['it restarts with its data', { run: 'e', replid: FRESH, replid2: OLD }],
    ['it becomes a replica', { ...EMPTY, role: 'slave' }],
  ])('it is up again when %s', (_title, shown) => {
    const { master, fresh } = lost()
    show(fresh, master, shown)
    checkSubjectiveDown(fresh, master)
    expect(master.sdown).toBe(false)
  })

  it('it stays down while clients write to it, until a failover should long be over', () => {
    const { master, fresh } = lost()
    show(later(fresh, 1000), master, { ...EMPTY, keys: 1, offset: 60 })
    expect(master.lostData?.stage).toBe('down')
    const late = later(fresh, 2 * master.settings.failoverTimeoutMs)
    show(late, master, { ...EMPTY, keys: 9, offset: 600 })
    expect(master.lostData).toBeUndefined()
  })

  it('it is up again when the last copy is gone', () => {
    const { master, both, fresh } = lost()
    const next = later(fresh, 1000)
    both(next, { keys: 0, replid: FRESH, offset: 14 })
    reviewLostData(next, master)
    checkSubjectiveDown(next, master)
    expect(eventsOf(next)).toEqual(['+lost-data', '-sdown'])
  })
})
