/** Hellos of sentinels of another deployment (docs/decisions/0048-lineage-and-foreign-nodes.md). */
import { beforeEach, describe, expect, it } from 'vitest'
import { PEER_ID, Play } from './play.ts'

const NODES = { master: '10.0.0.1:6379', replica: '10.0.0.2:6379', peer: '10.0.0.5:26379' }
const [OURS, OTHERS] = ['1'.repeat(40), '9'.repeat(40)]
const THEIR_MASTER = '10.9.9.9'
/** Of a sentinel of the other deployment, whose master has the same name. */
const STRANGE = `10.9.0.1,26379,${'e'.repeat(40)},0,m0,${THEIR_MASTER},6379,0`

let play: Play
/** Where the replica was pointed to. */
let followed: string

beforeEach(() => {
  followed = '10.0.0.1'
  play = new Play([NODES], {
    answer: (node, { kind }) => kind === 'info' ? { kind: 'bulk', text: infoOf(node) } : undefined,
  })
})

function infoOf(node: string): string {
  const replid = (id: string) => `master_replid:${id}`
  if (node === NODES.master) {
    return [
      `run_id:${'a'.repeat(40)}`, 'role:master', 'connected_slaves:2', 'slave0:ip=10.0.0.2,port=6379,state=online,offset=9,lag=0',
      'slave1:ip=10.0.0.3,port=6379,state=online,offset=9,lag=0', replid(OURS),
    ].join('\r\n')
  }
  const master = node === NODES.replica ? followed : '10.0.0.1'
  return [
    `run_id:${node === NODES.replica ? 'b'.repeat(40) : 'c'.repeat(40)}`, 'role:slave', `master_host:${master}`, 'master_port:6379',
    'master_link_status:up', 'slave_repl_offset:9', replid(master === THEIR_MASTER ? OTHERS : OURS),
  ].join('\r\n')
}

function killMaster(): void {
  play.dead.add(NODES.master)
  play.lose(NODES.master)
  play.run(8000)
  expect(play.told('+sdown', 'm0')).toBeDefined()
}

const isPeer = () => play.told('+sentinel', 'm0') !== undefined

describe('a sentinel of another deployment', () => {
  it('is no peer by a hello that was read before a switch closed the channel', () => {
    const channel = play.channelOf(NODES.replica)
    play.hello(NODES.master, `10.0.0.5,26379,${PEER_ID},1,m0,10.0.0.3,6379,1`)
    expect(play.told('+switch-master', 'm0')).toBeDefined()
    play.message(channel, STRANGE)
    expect(isPeer()).toBe(false)
  })

  it('is no peer when our master dies and a replica has been pointed to its master since the last INFO', () => {
    killMaster()
    followed = THEIR_MASTER
    play.hello(NODES.replica, STRANGE)
    play.run(10)
    play.hello(NODES.replica, STRANGE)
    expect(isPeer()).toBe(false)
    expect(play.told('+foreign-node', 'm0')).toBeDefined()
  })

  it('is no peer when it publishes to us itself while our master is up', () => {
    play.operate({ kind: 'hello', payload: STRANGE })
    expect(isPeer()).toBe(false)
  })
})

describe('a new sentinel of ours that names a master that we do not know', () => {
  it('is a peer when our master is down, once INFO shows that the replica on whose channel it speaks is ours', () => {
    killMaster()
    play.hello(NODES.replica, STRANGE)
    play.run(1)
    expect(isPeer()).toBe(true)
  })

  it('is a peer when our master is down and it publishes to us itself', () => {
    killMaster()
    play.operate({ kind: 'hello', payload: STRANGE })
    expect(isPeer()).toBe(true)
  })
})
