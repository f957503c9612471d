/** What a reload of the files changes, what it refuses, and what stays as it is. */
import { beforeEach, describe, expect, it } from 'vitest'

import {
  initialSettings, protectionOfAll, type DurableMaster, type MasterChange, type OperationResult, type OutsidePasswords,
  type ReloadOperation,
} from '../../../src/core/index.ts'
import { MASTERS_MAX } from '../../../src/core/limits.ts'
import { PEER_ID, Play } from './play.ts'

const [MASTER, REPLICA, PEER] = ['10.0.0.1:6379', '10.0.0.2:6379', '10.0.0.3:26379']
const OTHERS = { master: '10.1.0.1:6379', replica: '10.1.0.2:6379', peer: '10.1.0.3:26379' }
const NO_PASSWORDS: OutsidePasswords = { sentinelPass: undefined, authPass: undefined, authPassOf: new Map() }

function reloadOf(change: Partial<ReloadOperation>): ReloadOperation {
  return {
    kind: 'reload', protection: protectionOfAll(), outsidePasswords: NO_PASSWORDS, requirepass: undefined, globals: [],
    masters: [], ...change,
  }
}

let play: Play
beforeEach(() => { play = new Play([{ master: MASTER, replica: REPLICA, peer: PEER }, OTHERS]) })

function change(...masters: readonly MasterChange[]): OperationResult | undefined {
  return play.operate(reloadOf({ masters }))
}

function masterNamed(name: string): DurableMaster | undefined {
  return play.durable.masters.find((master) => master.name === name)
}

describe('a reload', () => {
  it('adds, removes and changes masters, and leaves the others as they are', () => {
    const before = play.durable
    expect(change(
      { kind: 'remove', name: 'm1' },
      { kind: 'add', name: 'm2', host: '10.2.0.1', port: 6379, settings: { ...initialSettings(3), downAfterMs: 900 } },
      { kind: 'set', name: 'm0', changes: [{ option: 'quorum', kind: 'count', setting: 'quorum', value: 1 }] },
    )).toEqual({ kind: 'reloaded', skipped: [] })
    expect(play.durable.masters.map(({ name }) => name)).toEqual(['m0', 'm2'])
    expect(masterNamed('m2')).toMatchObject({ host: '10.2.0.1', settings: { quorum: 3, downAfterMs: 900 } })
    expect(masterNamed('m0')).toEqual({ ...before.masters[0], settings: { ...before.masters[0]?.settings, quorum: 1 } })
    expect(play.events.slice(-3).map(({ name, master }) => [name, master])).toEqual([
      ['-monitor', 'm1'], ['+monitor', 'm2'], ['+set', 'm0'],
    ])
  })

  it('gives a master another address as REMOVE and MONITOR do, with its settings', () => {
    play.operate({ kind: 'is-master-down', host: '10.0.0.1', port: 6379, epoch: 7n, candidate: '*' })
    expect(change({ kind: 'move', name: 'm0', host: '10.9.0.1', port: 6380 })).toEqual({ kind: 'reloaded', skipped: [] })
    expect(masterNamed('m0')).toMatchObject({
      host: '10.9.0.1', port: 6380, settings: { downAfterMs: 5000 }, configEpoch: 0n, leaderEpoch: play.durable.currentEpoch,
      replicas: [], sentinels: [],
    })
  })

  it.each([['the master', MASTER], ['a replica', REPLICA]])('does not move a master to the address of %s', (_what, node) => {
    const [host = '', port] = node.split(':')
    expect(change({ kind: 'move', name: 'm0', host, port: Number(port) })).toEqual({
      kind: 'reloaded', skipped: [{ master: 'm0', change: 'move', why: 'node-of-this-master' }],
    })
    expect(masterNamed('m0')).toMatchObject({ host: '10.0.0.1', replicas: [{ host: '10.0.0.2', port: 6379 }] })
  })

  it('skips what clients have done already', () => {
    expect(change(
      { kind: 'remove', name: 'gone' }, { kind: 'set', name: 'gone', changes: [] },
      { kind: 'add', name: 'm0', host: '10.2.0.1', port: 6379, settings: initialSettings(1) },
    )).toEqual({ kind: 'reloaded', skipped: [
      { master: 'gone', change: 'remove', why: 'not-monitored' }, { master: 'gone', change: 'set', why: 'not-monitored' },
      { master: 'm0', change: 'add', why: 'already-monitored' },
    ] })
  })

  it.each<[string, Partial<ReloadOperation>]>([
    ['unresolvable-address', { masters: [{ kind: 'move', name: 'm0', host: 'a.name', port: 6379 }] }],
    ['unresolvable-address', {
      masters: [{ kind: 'move', name: 'm0', host: 'a,b', port: 6379 }], globals: [{ kind: 'resolve-hostnames', on: true }],
    }],
    ['invalid-port', { masters: [{ kind: 'add', name: 'm0x', host: '10.2.0.1', port: 65_536, settings: initialSettings(1) }] }],
    ['too-many-masters', {
      masters: Array.from({ length: MASTERS_MAX }, (_, at) => (
        { kind: 'add', name: `x${at}`, host: '10.2.0.1', port: 6379, settings: initialSettings(1) }
      )),
    }],
  ])('changes nothing when it is refused: %s', (error, asked) => {
    const before = play.durable
    const removal: MasterChange = { kind: 'remove', name: 'm1' }
    const refused = play.operate(reloadOf({
      ...asked, masters: error === 'too-many-masters' ? asked.masters ?? [] : [removal, ...asked.masters ?? []],
      protection: protectionOfAll({ witnesses: true }),
    }))
    expect(refused).toMatchObject({ kind: 'refused', error, master: expect.any(String) as string })
    expect(play.durable).toEqual(before)
  })

  it('refuses to turn host names off while a node is known by one, and changes nothing else', () => {
    play = new Play([{ master: 'a.name:6379', replica: REPLICA, peer: PEER }], {
      globals: { resolveHostnames: true, announceHostnames: true },
    })
    expect(play.operate(reloadOf({
      globals: [{ kind: 'resolve-hostnames', on: false }], masters: [{ kind: 'remove', name: 'm0' }],
    }))).toMatchObject({ kind: 'refused', error: 'names-in-use' })
    expect(masterNamed('m0')).toBeDefined()
  })

  it('keeps replicas, peers, epochs and votes of a master whose settings change', () => {
    play.hello(MASTER, `${PEER.replace(':', ',')},${PEER_ID},9,m0,${MASTER.replace(':', ',')},4`)
    const before = masterNamed('m0')
    change({ kind: 'set', name: 'm0', changes: [{ option: 'down-after-milliseconds', kind: 'time', setting: 'downAfterMs', value: 700 }] })
    expect(masterNamed('m0')).toEqual({ ...before, settings: { ...before?.settings, downAfterMs: 700 } })
    expect(before).toMatchObject({ configEpoch: 4n, replicas: [{}], sentinels: [{ runId: PEER_ID }] })
  })

  it('applies settings of protection at once', () => {
    play.run(1000)
    play.dead.add(MASTER)
    play.lose(MASTER)
    play.run(100)
    play.dead.delete(MASTER)
    play.run(2000)
    play.operate(reloadOf({ protection: protectionOfAll({ crashDetectionMs: 200 }) }))
    play.dead.add(MASTER)
    play.dead.add(REPLICA)
    const diedAt = play.now
    play.lose(MASTER)
    play.lose(REPLICA)
    play.run(1000)
    expect((play.told('+sdown', 'm0') ?? NaN) - diedAt).toBeLessThan(400)
  })
})

describe('passwords that are not in sentinel.conf', () => {
  const OUTSIDE = { sentinelPass: 'S', authPass: 'A', authPassOf: new Map([['m1', 'M1']]) }

  it('are used in the place of those in it, and are not saved or shown', () => {
    play = new Play([{ master: MASTER, replica: REPLICA, peer: PEER }, OTHERS], {
      settings: { authPass: 'of the file' }, globals: { sentinelPass: 'file' }, outsidePasswords: OUTSIDE,
    })
    expect(Object.fromEntries(play.logins)).toEqual({
      [MASTER]: 'A', [REPLICA]: 'A', [OTHERS.master]: 'M1', [OTHERS.replica]: 'M1', [PEER]: 'S',
    })
    expect(play.durable).toMatchObject({ sentinelPass: 'file', masters: [{ settings: { authPass: 'of the file' } }, {}] })
    expect(play.view.globals().sentinelPass).toBe('file')
    expect([play.view.isPasswordOutside('peers'), play.view.isPasswordOutside({ master: 'm0' })]).toEqual([true, true])
  })

  it('are sent on new connections after a reload, to those nodes alone whose password is new', () => {
    play = new Play([{ master: MASTER, replica: REPLICA, peer: PEER }, OTHERS], { outsidePasswords: OUTSIDE })
    play.logins.clear()
    play.operate(reloadOf({ outsidePasswords: { ...OUTSIDE, authPassOf: new Map([['m1', 'new']]) } }))
    play.run(100)
    expect(Object.fromEntries(play.logins)).toEqual({ [OTHERS.master]: 'new', [OTHERS.replica]: 'new' })
    play.operate(reloadOf({ outsidePasswords: { ...OUTSIDE, authPassOf: new Map([['m1', 'new']]), sentinelPass: 'peers' } }))
    play.run(100)
    expect(play.logins.get(PEER)).toBe('peers')
  })

  it('of our own are sent to peers where no other is set', () => {
    play.operate(reloadOf({ requirepass: 'ours' }))
    play.run(100)
    // The peer of both masters has one id, and so one link.
    expect(Object.fromEntries(play.logins)).toEqual({ [PEER]: 'ours' })
  })
})
