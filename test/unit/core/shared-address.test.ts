/** Replicas that announce one address, so that orders may reach the wrong one. */
import { describe, expect, it } from 'vitest'
import { Play } from './play.ts'

const NODES = { master: '10.0.0.1:6379', replica: '10.0.0.2:6379', peer: '10.0.0.3:26379' }

/** A deployment whose master lists these replicas. */
function playWith(...replicas: readonly string[]): Play {
  const lines = replicas.map((address, at) => {
    const [ip, port] = address.split(':')
    return `slave${at}:ip=${ip},port=${port},state=online,offset=1,lag=0`
  })
  const info = ['role:master', `connected_slaves:${lines.length}`, ...lines].join('\r\n')
  return new Play([NODES], {
    answer: (node, { kind }) => node === NODES.master && kind === 'info' ? { kind: 'bulk', text: info } : undefined,
  })
}

function notes(play: Play) {
  return play.notes.filter(({ kind }) => kind === 'shared-address')
}

describe('an address that a master lists for two replicas', () => {
  it('is logged once, after it has been listed twice for a while', () => {
    const play = playWith(NODES.replica, NODES.replica)
    play.run(5000)
    expect(notes(play)).toEqual([])
    play.run(300_000)
    expect(notes(play)).toEqual([{ kind: 'shared-address', master: 'm0', address: NODES.replica }])
  })

  it('is not logged when each replica has an address', () => {
    const play = playWith(NODES.replica, '10.0.0.4:6379')
    play.run(300_000)
    expect(notes(play)).toEqual([])
  })
})
