/** Which nodes hold another deployment's data (docs/decisions/0048-lineage-and-foreign-nodes.md). */
import { describe, expect, it } from 'vitest'
import { absorbHello } from '../../../src/core/configuration/hello-exchange.ts'
import { countAsVoters } from '../../../src/core/election/voters.ts'
import { correctionDueAt, correctionWait } from '../../../src/core/monitoring/correction-wait.ts'
import { mayBeOrdered, mayFollowNow } from '../../../src/core/monitoring/foreign-nodes.ts'
import { isChannelOurs, isFromElsewhere, judgeStrangeHello } from '../../../src/core/monitoring/strange-hellos.ts'
import { orderPromotion } from '../../../src/core/failover/promotion.ts'
import { reconfigureReplicas } from '../../../src/core/failover/reconfiguration.ts'
import { rankReplicas } from '../../../src/core/failover/selection.ts'
import type { Replica } from '../../../src/core/state/replica.ts'
import {
  EARLIER, FRESH, FRESHER, HOME, OTHERS, OURS, play, ROLE_WAIT_MS, show, type Shown,
} from './lineages.ts'
import { eventsOf, later, masterIn, replicaOf, sentBy, turnAt } from './records.ts'

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

  it.each<[string, Shown, boolean]>([
    ['an RDB file with unknown ids', { follows: HOME, link: 'never', replid: OTHERS }, false],
    ['an RDB file of ours', { follows: HOME, link: 'never' }, true],
    ['an append-only file', { follows: HOME, link: 'never', replid: FRESH, offset: 1 }, true],
  ])('that has loaded %s before it synchronised may or may not be promoted', (_title, shown, isPromoted) => {
    const { turn, master, replica } = play({ ...shown, run: 'x' })
    const why = rankReplicas(turn.state, master, turn.now.mono).rejected.find((one) => one.replica === replica)?.why
    expect(why).toBe(isPromoted ? 'never-synchronised' : 'foreign')
    expect(mayBeOrdered(turn.state, master, replica)).toBe(true)
  })

  it('is not promoted when INFO shows another deployment\'s data after it was chosen, not even where it is a master', () => {
    const { turn, master, replica } = play({ replid: FRESH, replid2: OTHERS })
    const failover = { phase: 'send-replicaof-no-one', epoch: 1n, forced: false, since: turn.now.mono, promoted: replica } as const
    Object.assign(master, { failover })
    orderPromotion(turn, master, failover)
    expect(sentBy(turn)).not.toContain('SLAVEOF NO ONE')
  })

  it('that was promoted by hand and restarted from an RDB file is ours', () => {
    const { turn, master, replica } = play({ replid: FRESH, replid2: OURS })
    const next = later(turn, 2 * ROLE_WAIT_MS)
    show(next, replica, { replid: FRESHER, replid2: FRESH, run: 'x' })
    expect([eventsOf(next).includes('+foreign-node'), mayBeOrdered(next.state, master, replica)]).toEqual([false, true])
  })

  it('that followed our master when that had an id which we never read from it is ours', () => {
    const { turn, master, replica } = play({ replid: FRESHER, replid2: FRESH }, { follows: HOME, replid: FRESH })
    expect(mayBeOrdered(turn.state, master, replica)).toBe(true)
  })

  it.each([
    ['never synchronised with our master', 1, true], ['had just come back from another deployment', 100, false],
  ])('that %s and was promoted by hand may or may not be ours', (_title, offset, isOurs) => {
    const before = { follows: HOME, link: 'down', replid: FRESH, offset } as const
    const { turn, master, replica } = play({ replid: FRESHER, replid2: FRESH }, before)
    expect(mayBeOrdered(turn.state, master, replica)).toBe(isOurs)
  })

  it.each<[string, Shown, Partial<Replica>, boolean]>([
    ['replaced master that has started again under a fresh id', {}, {}, true],
    ['replaced master that a node of another deployment follows', { lists: '10.9.9.9' }, {}, false],
    ['node that was never our master', {}, { deposedAt: undefined }, false],
    ['replaced master that is foreign', {}, { foreign: { follows: undefined, replid: FRESH, replid2: undefined } }, false],
  ])('that copied a %s and was promoted then may or may not be ours', (_title, shown, given, isOurs) => {
    const { turn, master, replica, other } = play({ follows: HOME })
    Object.assign(other, { deposedAt: turn.now.mono, ...given })
    show(turn, other, { replid: FRESH, run: 'x', ...shown })
    show(turn, replica, { follows: '10.0.1.3', replid: FRESH, run: 'b' })
    show(turn, replica, { replid: FRESHER, replid2: FRESH, run: 'b' })
    expect(mayBeOrdered(turn.state, master, replica)).toBe(isOurs)
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

  it('stays foreign when our master has loaded a file with its id, however often INFO shows that', () => {
    const { turn, master, replica } = play({ follows: '10.9.9.9', replid: OTHERS })
    for (let reply = 0; reply < 3; reply += 1) show(turn, master, { replid: FRESH, replid2: OTHERS, run: 'x' })
    show(turn, replica, { follows: '10.9.9.9', replid: OTHERS, run: 'b' })
    expect(mayBeOrdered(turn.state, master, replica)).toBe(false)
    expect(turn.state.lineage.get('mymaster')).toEqual([FRESH, OURS, EARLIER])
  })

  it('is ours with the second id of the master when a replica showed the first one before the master did', () => {
    const turn = turnAt()
    const master = masterIn(turn)
    const replica = replicaOf(turn, master, 1)
    show(turn, replica, { follows: HOME, run: 'b' })
    show(turn, master, { replid: OURS, replid2: EARLIER, run: 'm' })
    expect(turn.state.lineage.get('mymaster')).toEqual([OURS, EARLIER])
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

describe('a master with data that had another unknown id before', () => {
  const shown: Shown = { replid: FRESH, replid2: OTHERS, run: 'x' }

  it('gets no orders and is not promoted', () => {
    const { turn, master, replica } = play(shown)
    expect(mayBeOrdered(turn.state, master, replica)).toBe(false)
    expect(correctionWait(turn.state, master, replica)).toBeUndefined()
    expect(rankReplicas(turn.state, master, turn.now.mono).rejected).toEqual([{ replica, why: 'foreign' }])
  })

  it('is reported once, when a newer configuration would have arrived', () => {
    const { turn, replica } = play(shown)
    expect(correctionDueAt(turn, replica)).toBe(turn.now.mono + ROLE_WAIT_MS)
    const due = later(turn, ROLE_WAIT_MS)
    show(due, replica, shown)
    expect([eventsOf(due), replica.foreign]).toEqual([[], undefined])
    const next = later(turn, ROLE_WAIT_MS + 1)
    show(next, replica, shown)
    show(next, replica, shown)
    expect(next.effects.flatMap((effect) => effect.type === 'emit' ? [effect.event] : []).filter(({ name }) => name !== '-role-change'))
      .toMatchObject([{ name: '+foreign-node', follows: undefined, replid: FRESH, ours: OURS }])
    expect(correctionDueAt(next, replica)).toBe(Infinity)
  })

  it('is not reported while the present id of the master is unknown', () => {
    const { turn, master, replica } = play(shown)
    master.link.command = undefined
    const next = later(turn, 2 * ROLE_WAIT_MS)
    show(next, replica, shown)
    expect(replica.foreign).toBeUndefined()
  })

  it('is ours where no id of the deployment is known', () => {
    const turn = turnAt()
    const master = masterIn(turn)
    const replica = replicaOf(turn, master, 1)
    show(turn, replica, shown)
    const next = later(turn, 2 * ROLE_WAIT_MS)
    show(next, replica, shown)
    expect([mayBeOrdered(next.state, master, replica), replica.foreign]).toEqual([true, undefined])
  })

  it('is ours while this sentinel promotes it', () => {
    const { turn, master, replica } = play({ follows: HOME })
    const since = turn.now.mono
    Object.assign(master, { failover: { phase: 'wait-promotion', epoch: 1n, forced: false, since, promoted: replica, orderedAt: since } })
    show(turn, replica, { ...shown, run: 'b' })
    expect(mayBeOrdered(turn.state, master, replica)).toBe(true)
  })

  it('is ours again when its link to our master works', () => {
    const { turn, master, replica } = play(shown)
    const next = later(turn, ROLE_WAIT_MS + 1)
    show(next, replica, shown)
    expect(replica.foreign).toBeDefined()
    show(next, replica, { follows: HOME, run: 'x' })
    expect([replica.foreign, mayBeOrdered(next.state, master, replica)]).toEqual([undefined, true])
  })
})

describe('a master with a fresh id and no other', () => {
  it('is not ordered together with the replicas before 4 publish periods, and later by the correction', () => {
    const { turn, master, replica } = play({ replid: FRESH, run: 'x' })
    expect([mayBeOrdered(turn.state, master, replica), mayFollowNow(turn, master, replica)]).toEqual([true, false])
    expect(mayFollowNow(later(turn, ROLE_WAIT_MS + 1), master, replica)).toBe(true)
  })

  it('is not promoted when an unknown replica follows it', () => {
    const { turn, master, replica } = play({ replid: FRESH, run: 'x' })
    const reasons = () => rankReplicas(turn.state, master, turn.now.mono).rejected
      .filter((one) => one.replica === replica)
    expect(reasons().map(({ why }) => why)).not.toContain('foreign')
    replica.listsStrangers = true
    expect(reasons()).toEqual([{ replica, why: 'foreign' }])
  })

  it('is ours by following our master without a link, but not when an unknown replica followed it before', () => {
    const promotedOnItsWay = (asMaster: Shown) => {
      const { turn, master, replica } = play({ replid: OTHERS, ...asMaster })
      show(turn, replica, { run: 'b', follows: HOME, link: 'down', offset: 1, replid: OTHERS })
      show(turn, replica, { run: 'b', replid: FRESH, replid2: OTHERS })
      return mayBeOrdered(turn.state, master, replica)
    }
    expect(promotedOnItsWay({})).toBe(true)
    expect(promotedOnItsWay({ lists: '10.9.9.9' })).toBe(false)
  })
})

describe('the channel of a replica', () => {
  it('is ours when INFO on the present connection shows our data', () => {
    const { turn, replica } = play({ follows: HOME })
    expect(isChannelOurs(turn.state, replica)).toBe(true)
  })

  it.each<[string, Shown]>([
    ['shows another deployment', { follows: '10.9.9.9', replid: OTHERS }],
    ['shows unknown data without a link', { follows: '10.9.9.9', link: 'down', replid: OTHERS }],
    ['shows a master of unknown origin', { replid: FRESH, replid2: OTHERS, run: 'x' }],
  ])('is not ours when INFO %s', (_title, shown) => {
    const { turn, replica } = play(shown)
    expect(isChannelOurs(turn.state, replica)).toBe(false)
  })

  it('is not ours before INFO was read on a new connection, unless the node refuses INFO', () => {
    const { turn, replica } = play({ follows: HOME })
    const { command } = replica.link
    if (command === undefined) throw new Error('no connection')
    replica.link.command = { ...command, startedAt: turn.now.mono + 1 }
    expect(isChannelOurs(turn.state, replica)).toBe(false)
    replica.infoSent = { on: command.id, at: turn.now.mono + 1, failed: true }
    expect(isChannelOurs(turn.state, replica)).toBe(true)
  })
})

describe('a failover', () => {
  it('does not wait for a replica whose address another server took when it was ordered to follow', () => {
    const { turn, master, replica, other } = play({ replid: OTHERS, run: 'x' })
    const promoted = replicaOf(turn, master, 3)
    const failover = { phase: 'reconf-replicas', epoch: 1n, forced: false, since: turn.now.mono, promoted, oldOrderedAt: undefined } as const
    Object.assign(master, { failover })
    replica.reconfiguration = { stage: 'sent', at: turn.now.mono }
    reconfigureReplicas(turn, master, failover)
    expect([replica, other].map(({ reconfiguration }) => reconfiguration.stage)).toEqual(['done', 'sent'])
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

  it.each<[string, string, boolean]>([
    ['our master', HOME, false], ['a replica of ours', '10.0.1.3', false], ['an unknown master', '10.9.9.9', true],
  ])('has no peer of ours there when the hello names %s', (_title, masterHost, isElsewhere) => {
    const { turn, master } = play({ follows: HOME })
    expect(isFromElsewhere(turn.state, hello(masterHost))).toBe(isElsewhere)
    // A newer configuration may have replaced it.
    master.sdown = true
    expect(isFromElsewhere(turn.state, hello(masterHost))).toBe(false)
  })

  it.each<[string, Shown, boolean]>([
    ['a node with unknown data follows it', { follows: '10.9.9.9', replid: OTHERS }, false],
    ['a node with our data follows it', { follows: '10.9.9.9' }, true],
    ['no node follows it', { follows: HOME }, true],
  ])('makes no peer of ours, by whatever way its hello comes, when it names a master and %s', (_title, shown, isPeer) => {
    const { turn, master } = play(shown)
    absorbHello(turn, hello('10.9.9.9'))
    expect(master.peers.has('z'.repeat(40))).toBe(isPeer)
  })

  it('is known again when we were made to forget it, whatever the node that it names as the master holds', () => {
    const { turn, master } = play({ follows: '10.9.9.9', replid: OTHERS })
    countAsVoters(turn, master, { ids: ['z'.repeat(40)], least: 2, ms: 1000 })
    absorbHello(turn, hello('10.9.9.9'))
    expect(master.peers.has('z'.repeat(40))).toBe(true)
  })
})
