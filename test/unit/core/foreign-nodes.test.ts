/** Which nodes hold another deployment's data (docs/decisions/0048-lineage-and-foreign-nodes.md). */
import { describe, expect, it } from 'vitest'
import { correctionWait } from '../../../src/core/monitoring/correction-wait.ts'
import { judgeStrangeHello, mayBeOrdered } from '../../../src/core/monitoring/foreign-nodes.ts'
import { parseInfo } from '../../../src/core/monitoring/info-parser.ts'
import { absorbInfo } from '../../../src/core/monitoring/info-refresh.ts'
import { rankReplicas } from '../../../src/core/failover/selection.ts'
import type { DataNode } from '../../../src/core/state/instance.ts'
import type { Turn } from '../../../src/core/turn.ts'
import { eventsOf, later, masterIn, replicaOf, turnAt } from './records.ts'

const OURS = '1'.repeat(40)
const EARLIER = '2'.repeat(40)
const FRESH = '3'.repeat(40)
const OTHERS = '9'.repeat(40)
const NONE = '0'.repeat(40)
const HOME = '10.0.1.1'

interface Shown {
  /** Undefined: it is a master. */
  readonly follows?: string
  readonly link?: 'up' | 'down'
  readonly replid?: string
  readonly replid2?: string
  readonly run?: string
}

function show(turn: Turn, node: DataNode, { follows, link = 'up', replid = OURS, replid2 = NONE, run = 'a' }: Shown): void {
  const text = [
    `run_id:${run.repeat(40)}`, 'loading:0', `role:${follows === undefined ? 'master' : 'slave'}`,
    ...follows === undefined ? [] : [`master_host:${follows}`, 'master_port:6379', `master_link_status:${link}`, 'slave_repl_offset:100'],
    `master_replid:${replid}`, `master_replid2:${replid2}`, 'master_repl_offset:100', '# Keyspace', 'db0:keys=1,expires=0',
  ].join('\r\n')
  absorbInfo(turn, node, text, parseInfo(text))
}

/** A deployment whose master has had two ids, and what INFO of its first replica shows then. */
function play(shown: Shown, earlier: Shown = { follows: HOME }) {
  const turn = turnAt()
  const master = masterIn(turn)
  const [replica, other] = [replicaOf(turn, master, 1), replicaOf(turn, master, 2)]
  show(turn, master, { replid: EARLIER, run: 'm' })
  show(turn, master, { replid: OURS, replid2: EARLIER, run: 'm' })
  show(turn, replica, { run: 'b', ...earlier })
  show(turn, other, { follows: HOME, run: 'c' })
  const next = later(turn, 1000)
  show(next, replica, { run: 'b', ...shown })
  return { turn: next, master, replica, other }
}

describe('a replica', () => {
  it.each<[string, Shown]>([
    ['follows a server that is none of ours, with an id that is none of ours', { follows: '10.9.9.9', replid: OTHERS }],
    ['does so after a restart', { follows: '10.9.9.9', replid: OTHERS, run: 'x' }],
  ])('is foreign when it %s', (_title, shown) => {
    const { turn, master, replica } = play(shown)
    expect(eventsOf(turn).filter((name) => name === '+foreign-node')).toEqual(['+foreign-node'])
    expect(mayBeOrdered(turn.state, master, replica)).toBe(false)
    expect(correctionWait(turn.state, master, replica)).toBeUndefined()
    expect(rankReplicas(turn.state, master, turn.now.mono).rejected).toEqual([{ replica, why: 'foreign' }])
  })

  it.each<[string, Shown, Shown?]>([
    ['follows our master', { follows: HOME }],
    ['follows our master with its fresh id', { follows: HOME, replid: FRESH }],
    ['follows another replica of ours', { follows: '10.0.1.3', replid: FRESH }],
    ['follows an unknown server that continues our data', { follows: '10.9.9.9', replid: FRESH, replid2: OURS }],
    ['follows an unknown server with our data: our master under another address', { follows: '172.17.0.2' }],
    ['follows that address after a restart of our master gave the data a fresh id', { follows: '172.17.0.2', replid: FRESH }, { follows: '172.17.0.2' }],
    ['has no link to an unknown server, but our data', { follows: '10.9.9.9', link: 'down' }],
    ['has an earlier id of ours', { follows: '10.9.9.9', link: 'down', replid: EARLIER }],
    ['was promoted by hand', { replid: FRESH, replid2: OURS }],
    ['is a master after a restart from an RDB file', { replid: FRESH, replid2: OURS, run: 'x' }],
    ['is a master after a restart from an append-only file or without data', { replid: FRESH, run: 'x' }],
    ['is a master after two restarts from an RDB file', { replid: FRESH, replid2: OTHERS, run: 'x' }],
    ['follows a name that is not looked up, with our data', { follows: 'redis-0.internal' }],
  ])('is ours when it %s', (_title, shown, earlier) => {
    const { turn, master, replica } = play(shown, earlier)
    expect(eventsOf(turn)).not.toContain('+foreign-node')
    expect(mayBeOrdered(turn.state, master, replica)).toBe(true)
  })

  it.each<[string, Shown]>([
    ['has no link to an unknown server and unknown data', { follows: '10.9.9.9', link: 'down', replid: OTHERS }],
    ['follows a name that is not looked up, with unknown data', { follows: 'redis-0.internal', replid: OTHERS }],
  ])('gets no orders, but is not foreign for certain, when it %s', (_title, shown) => {
    const { turn, master, replica } = play(shown)
    expect(eventsOf(turn)).not.toContain('+foreign-node')
    expect(mayBeOrdered(turn.state, master, replica)).toBe(false)
  })

  it('of a foreign replica is foreign', () => {
    const { turn, master, replica, other } = play({ follows: HOME })
    show(turn, other, { follows: '10.0.1.2', replid: OTHERS, run: 'c' })
    expect(other.foreign).toBeUndefined()
    show(turn, replica, { follows: '10.9.9.9', replid: OTHERS, run: 'b' })
    expect([...master.replicas.values()].map(({ foreign }) => foreign?.replid)).toEqual([OTHERS, OTHERS])
  })

  it('stays foreign while it is a master, until it is linked to our master', () => {
    const { turn, replica } = play({ follows: '10.9.9.9', replid: OTHERS })
    show(turn, replica, { replid: FRESH, run: 'x' })
    expect(replica.foreign).toBeDefined()
    show(turn, replica, { follows: HOME, link: 'down', replid: FRESH, run: 'x' })
    expect(replica.foreign).toBeDefined()
    show(turn, replica, { follows: HOME, run: 'x' })
    expect(replica.foreign).toBeUndefined()
  })

  it('is not judged while the present id of the master is unknown', () => {
    const { turn, master, replica } = play({ follows: HOME })
    master.link.command = undefined
    show(turn, replica, { follows: '10.9.9.9', replid: OTHERS, run: 'b' })
    expect(replica.foreign).toBeUndefined()
    master.sdown = true
    show(turn, replica, { follows: '10.9.9.9', replid: OTHERS, run: 'b' })
    expect(replica.foreign).toBeDefined()
  })

  it('is not judged where no id of the deployment is known', () => {
    const turn = turnAt()
    const replica = replicaOf(turn, masterIn(turn), 1)
    show(turn, replica, { follows: '10.9.9.9', replid: OTHERS })
    expect(replica.foreign).toBeUndefined()
  })
})

describe('a node on whose channel an unknown sentinel speaks', () => {
  const hello = (masterHost: string) => ({
    host: '10.9.0.1', port: 26_379, runId: 'z'.repeat(40), currentEpoch: 9n, masterName: 'mymaster', masterHost, masterPort: 6379,
    configEpoch: 9n,
  })

  it.each<[string, Shown, string, boolean]>([
    ['that names the node as the master finds unknown data', { replid: OTHERS, run: 'x' }, '10.0.1.2', true],
    ['that names an unknown master finds unknown data', { replid: OTHERS, run: 'x' }, '10.9.9.9', true],
    ['about a node that our sentinels promoted changes nothing', { replid: FRESH, replid2: OURS }, '10.0.1.2', false],
    ['about a replica of our master changes nothing', { follows: HOME }, '10.0.1.2', false],
    ['that names our master changes nothing', { replid: OTHERS, run: 'x' }, HOME, false],
  ])('is judged by its data when the hello is one %s', (_title, shown, masterHost, isForeign) => {
    const { turn, replica } = play(shown)
    judgeStrangeHello(turn, replica, hello(masterHost))
    expect(replica.foreign !== undefined).toBe(isForeign)
  })
})
