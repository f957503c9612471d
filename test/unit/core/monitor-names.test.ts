/** SENTINEL MONITOR with host names (protocol.md 2.7). */
import { describe, expect, it } from 'vitest'

import { Play } from './play.ts'

const NODES = { master: '10.0.0.1:6379', replica: '10.0.0.2:6379', peer: '10.0.0.3:26379' }
const MONITOR = { kind: 'monitor', name: 'x', host: 'db.example', port: 6379, quorum: 1 } as const

describe('MONITOR of a host name', () => {
  it.each([
    [undefined, { kind: 'refused', error: 'unresolvable-address' }],
    ['10.0.1.9', { kind: 'ok' }],
  ] as const)('that has the address %s waits for the lookup and then answers %o', (address, answer) => {
    const play = new Play([NODES], { globals: { resolveHostnames: true } })
    expect(play.operate(MONITOR)).toBeUndefined()
    play.resolved('db.example', address)
    expect(play.answers.at(-1)).toEqual(answer)
    expect(play.view.hasMaster('x')).toBe(address !== undefined)
  })
})
