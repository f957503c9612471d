/** Sentinels whose configuration file was copied with its id are named, once. */
import { describe, expect, it } from 'vitest'
import { PEER_ID, Play } from './play.ts'

const NODES = { master: '10.0.0.1:6379', replica: '10.0.0.2:6379', peer: '10.0.0.3:26379' }
const OWN_ID = 'a'.repeat(40)

function hello(play: Play, host: string, id: string): void {
  play.hello(NODES.master, `${host},26379,${id},0,m0,10.0.0.1,6379,0`)
}

function notes(play: Play) {
  return play.notes.filter(({ kind }) => kind === 'same-id')
}

describe('a sentinel that receives its own id', () => {
  it('from another address logs it once with an explanation', () => {
    const play = new Play([NODES])
    for (let round = 0; round < 5; round += 1) {
      hello(play, '10.0.0.7', OWN_ID)
      play.run(2000)
    }
    expect(notes(play)).toEqual([{ kind: 'same-id', id: OWN_ID, address: '10.0.0.7:26379', other: undefined }])
    expect(play.explain('m0')?.problems).toEqual([
      { kind: 'same-id', id: OWN_ID, isOwn: true, addresses: ['10.0.0.7:26379'] },
    ])
  })

  it('from its own address, or once from an earlier one, logs nothing', () => {
    const play = new Play([NODES])
    play.run(3000)
    for (let round = 0; round < 5; round += 1) {
      hello(play, '10.0.0.9', OWN_ID)
      play.run(2000)
    }
    hello(play, '10.0.0.7', OWN_ID)
    expect(notes(play)).toEqual([])
    expect(play.explain('m0')?.problems).toEqual([])
  })
})

describe('two other sentinels with one id', () => {
  it('are logged once with an explanation', () => {
    const play = new Play([NODES])
    for (let round = 0; round < 5; round += 1) {
      hello(play, '10.0.0.7', PEER_ID)
      play.run(1000)
      hello(play, '10.0.0.3', PEER_ID)
      play.run(1000)
    }
    expect(notes(play)).toEqual([{ kind: 'same-id', id: PEER_ID, address: '10.0.0.3:26379', other: '10.0.0.7:26379' }])
    expect(play.explain('m0')?.problems).toEqual([
      { kind: 'same-id', id: PEER_ID, isOwn: false, addresses: ['10.0.0.3:26379', '10.0.0.7:26379'] },
    ])
  })

  it('are not suspected when one sentinel moved', () => {
    const play = new Play([NODES])
    for (let round = 0; round < 5; round += 1) {
      hello(play, '10.0.0.7', PEER_ID)
      play.run(2000)
    }
    expect(notes(play)).toEqual([])
  })
})
