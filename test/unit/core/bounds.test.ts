/** Bounds on what other sentinels and nodes send (docs/limits.md): what is within is used, what is beyond is not. */
import { describe, expect, it } from 'vitest'

import type { Reply } from '../../../src/core/index.ts'
import { noteLine } from '../../../src/events/notes.ts'
import { PEER_ID, Play, type Nodes } from './play.ts'

const NODES = { master: '10.0.0.1:6379', replica: '10.0.0.2:6379', peer: '10.0.0.3:26379' }
const WITH_NAMES = { resolveHostnames: true, announceHostnames: true }

function idOf(number: number): string {
  return number.toString(16).padStart(40, '0')
}

/** A hello of sentinel `number`, at this host. */
function hello(play: Play, number: number, host: string): void {
  play.hello(NODES.master, `${host},26379,${idOf(number)},0,m0,10.0.0.1,6379,0`)
}

function peerHosts(play: Play): string[] {
  return play.view.peers('m0', play.moment).map(({ host }) => host)
}

function complaints(play: Play): string[] {
  return play.notes.filter(({ kind }) => kind === 'nonsense').map((note) => noteLine(note).text)
}

function bulk(text: string): Reply {
  return { kind: 'bulk', text }
}

/** INFO of a master with replicas at these addresses. */
function masterInfo(hosts: readonly string[]): Reply {
  return bulk(['role:master', ...hosts.map((host, at) => `slave${at}:ip=${host},port=6379,state=online,offset=1,lag=0`)].join('\r\n'))
}

describe('the number of', () => {
  it('masters that SENTINEL MONITOR adds to is bounded, and the refusal is an answer', () => {
    const masters = Array.from({ length: 9_999 }, (_, at): Nodes => (
      { master: `10.1.${at >> 8}.${at & 255}:6379`, replica: `10.2.${at >> 8}.${at & 255}:6379`, peer: NODES.peer }
    ))
    const play = new Play([])
    for (const [at, { master }] of masters.entries()) {
      play.operate({ kind: 'monitor', name: `m${at}`, host: master.split(':')[0] ?? '', port: 6379, quorum: 1 })
    }
    const monitor = (name: string) => play.operate({ kind: 'monitor', name, host: '10.9.9.9', port: 6379, quorum: 1 })
    expect(monitor('last')).toEqual({ kind: 'ok' })
    expect(monitor('one-more')).toEqual({ kind: 'refused', error: 'too-many-masters' })
    play.operate({ kind: 'remove', name: 'm0' })
    expect(monitor('one-more')).toEqual({ kind: 'ok' })
  })

  it('sentinels of a master is bounded; hellos of more of them are ignored', () => {
    const play = new Play([NODES])
    for (let at = 1; at < 1030; at += 1) hello(play, at, `10.3.${at >> 8}.${at & 255}`)
    expect(peerHosts(play)).toHaveLength(1024)
  })

  it('replicas of a master is bounded, over all its INFO replies', () => {
    const listing = (block: number): Play['answer'] => {
      const hosts = Array.from({ length: 3000 }, (_, at) => `10.${block}.${at >> 8}.${at & 255}`)
      return (node, { kind }) => node === NODES.master && kind === 'info' ? masterInfo(hosts) : undefined
    }
    const play = new Play([NODES], { answer: listing(4) })
    expect(play.view.replicas('m0', play.moment)).toHaveLength(3001)
    play.answer = listing(5)
    play.run(11_000)
    expect(play.view.replicas('m0', play.moment)).toHaveLength(4096)
  })

  it('complaints about malformed messages in the log is bounded', () => {
    const play = new Play([NODES])
    for (let at = 0; at < 1100; at += 1) hello(play, at, `not an address ${at}`)
    expect(complaints(play)).toHaveLength(1024)
  })

  it('host names that are remembered is bounded; the oldest is looked up again when it is used', () => {
    const play = new Play([NODES], { globals: WITH_NAMES })
    const name = (at: number) => `sentinel-${at}.example`
    const use = (at: number) => {
      hello(play, at, name(at))
      play.resolved(name(at), undefined)
    }
    for (let at = 0; at < 4096; at += 1) use(at)
    expect(play.lookups).toHaveLength(4096)
    hello(play, 0, name(0))
    expect(play.lookups).toHaveLength(4096)
    use(4096)
    hello(play, 0, name(0))
    expect(play.lookups.slice(4096)).toEqual([name(4096), name(0)])
  })

  it('messages that wait for a host name is bounded; further ones are used without its address', () => {
    const play = new Play([NODES], { globals: WITH_NAMES })
    for (let at = 1; at <= 1024; at += 1) hello(play, at, `sentinel-${at}.example`)
    expect(peerHosts(play)).toEqual(['10.0.0.3'])
    hello(play, 1025, 'sentinel-1025.example')
    expect(peerHosts(play)).toEqual(['10.0.0.3', 'sentinel-1025.example'])
    play.resolved('sentinel-7.example', '10.0.0.7')
    expect(peerHosts(play)).toContain('sentinel-7.example')
  })
})

describe('the length of', () => {
  it('a message that waits for a host name is bounded; a longer one is used without its address', () => {
    for (const [length, isWaiting] of [[65_536, true], [65_537, false]] as const) {
      const info = bulk('role:master\r\nslave0:ip=replica.example,port=6379,state=online,offset=1,lag=0\r\n'.padEnd(length, '#'))
      const play = new Play([NODES], {
        globals: WITH_NAMES, answer: (node, { kind }) => node === NODES.master && kind === 'info' ? info : undefined,
      })
      const hosts = () => play.view.replicas('m0', play.moment).map(({ host }) => host)
      expect([length, hosts().includes('replica.example')]).toEqual([length, !isWaiting])
      play.resolved('replica.example', '10.0.0.8')
      expect(hosts()).toContain('replica.example')
    }
  })

  it('a host name is bounded, and an underscore is part of one, as in the names of Docker Compose', () => {
    const play = new Play([NODES], { globals: WITH_NAMES })
    const hosts = ['redis_sentinel_2', 'h'.repeat(255), 'h'.repeat(256)]
    for (const [at, host] of hosts.entries()) {
      hello(play, at, host)
      play.resolved(host, `10.0.1.${at}`)
    }
    expect(peerHosts(play)).toEqual(['10.0.0.3', 'redis_sentinel_2', 'h'.repeat(255)])
    play.operate({ kind: 'monitor', name: 'x', host: 'redis_master_1', port: 6379, quorum: 1 })
    play.resolved('redis_master_1', '10.0.1.9')
    expect(play.view.hasMaster('x')).toBe(true)
  })

  it('a hello message is bounded; a longer one is ignored and logged', () => {
    const play = new Play([NODES])
    play.hello(NODES.master, `10.0.0.7,26379,${idOf(7)},0,m0,10.0.0.1,6379,0`.padEnd(8193, ' '))
    expect(peerHosts(play)).toEqual(['10.0.0.3'])
    expect(complaints(play)).toEqual(['Ignored a message of more than 8192 characters from the hello channel. This is logged once.'])
  })

  it('the leader in a peer\'s answer is bounded; an answer with a longer one is ignored', () => {
    for (const [length, counts] of [[256, true], [257, false]] as const) {
      const play = new Play([NODES])
      play.answer = (_node, { kind }) => kind !== 'ask' ? undefined : {
        kind: 'array', items: [{ kind: 'integer', value: 1n }, bulk('l'.repeat(length)), { kind: 'integer', value: 3n }],
      }
      play.dead.add(NODES.master)
      play.lose(NODES.master)
      play.run(6000)
      expect([length, play.notes.some(({ kind }) => kind === 'peer-voted')]).toEqual([length, counts])
      expect(play.events.some(({ name }) => name === '+odown')).toBe(counts)
    }
  })

  it('a complaint is bounded in the log', () => {
    const play = new Play([NODES])
    hello(play, 1, `${'x'.repeat(3000)} y`)
    const [line] = complaints(play)
    expect(line).toMatch(/^Ignored a hello with the unusable address x+\.\.\. from sentinel 0{39}1\. This is logged once\.$/)
    expect(line?.slice('Ignored '.length, line.indexOf('... from'))).toHaveLength(200)
  })

  it('an INFO text that is kept is bounded', () => {
    const info = bulk('role:master\r\n'.padEnd(262_145, '#'))
    const play = new Play([NODES], { answer: (node, { kind }) => node === NODES.master && kind === 'info' ? info : undefined })
    expect(play.view.infoCache('m0', play.moment).map(({ text }) => text?.length)).toContain(262_144)
  })
})

describe('the INFO texts of all nodes', () => {
  it('are bounded together, and beyond the bound the text of a further node is not kept', () => {
    const groups = Array.from({ length: 260 }, (_, at): Nodes => (
      { master: `10.6.${at >> 8}.${at & 255}:6379`, replica: `10.7.${at >> 8}.${at & 255}:6379`, peer: NODES.peer }
    ))
    const masters = new Set(groups.map(({ master }) => master))
    const info = bulk('role:master\r\n'.padEnd(262_144, '#'))
    const play = new Play(groups, { answer: (node, { kind }) => kind === 'info' && masters.has(node) ? info : undefined })
    const texts = groups.flatMap((_, at) => play.view.infoCache(`m${at}`, play.moment)).flatMap(({ text }) => text ?? [])
    expect(texts.reduce((sum, { length }) => sum + length, 0)).toBe(64 * 1024 * 1024)
  })
})

it('numbers of others beyond 20 digits are the largest number: an epoch is then refused', () => {
  const play = new Play([NODES])
  play.hello(NODES.master, `10.0.0.3,26379,${PEER_ID},${'9'.repeat(1_000)},m0,10.0.0.1,6379,0`)
  expect(play.view.currentEpoch).toBe(0n)
})
