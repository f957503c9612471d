/** A reply may be cut anywhere by the network, also within its last line end; it counts when it is whole. */
import type { Socket } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'

import type { ConnectionId, Input, Request } from '../../../src/core/index.ts'
import { createLinks } from '../../../src/links/index.ts'
import { scriptedServer, type ScriptedServer } from './scripted-server.ts'

const ONE = 1 as ConnectionId
const PING: Request = { kind: 'ping', sentAt: 0 }

let server: ScriptedServer | undefined
afterEach(() => server?.close())

/** What comes of a reply whose pieces arrive one by one. */
async function hear(...pieces: readonly string[]): Promise<readonly Input[]> {
  const inputs: Input[] = []
  const sockets: Socket[] = []
  server = await scriptedServer({ onData: (socket) => { sockets.push(socket) } })
  const links = createLinks({ sink: (input) => { inputs.push(input) } })
  try {
    links.open(ONE, { purpose: 'command', nodeKind: 'data-node', host: '127.0.0.1', port: server.port })
    links.send(ONE, ['PING'], PING)
    await vi.waitFor(() => { expect(sockets).toHaveLength(1) }, { timeout: 5000, interval: 2 })
    const [socket] = sockets
    socket?.setNoDelay(true)
    for (const piece of pieces) {
      socket?.write(piece, 'latin1')
      // Each piece is read by itself: what was sent before it has gone through both event loops.
      for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => { setImmediate(resolve) })
    }
    socket?.write('+LAST\r\n')
    links.send(ONE, ['PING'], PING)
    await vi.waitFor(() => { expect(inputs).toHaveLength(3) }, { timeout: 5000, interval: 2 })
    return inputs.slice(1)
  } finally {
    links.closeAll()
  }
}

it.each([
  ['a simple string', ['+PONG\r', '\n'], { kind: 'status', text: 'PONG' }],
  ['an error', ['-LOADING\r', '\n'], { kind: 'error', text: 'LOADING' }],
  ['an integer', [':12\r', '\n'], { kind: 'integer', value: 12n }],
  ['a bulk string before its line end', ['$3\r\nabc', '\r\n'], { kind: 'bulk', text: 'abc' }],
  ['a bulk string within its line end', ['$3\r\nabc\r', '\n'], { kind: 'bulk', text: 'abc' }],
  ['an array', ['*2\r\n:1\r\n$1\r\n*', '\r\n'], { kind: 'array', items: [{ kind: 'integer', value: 1n }, { kind: 'bulk', text: '*' }] }],
  ['null', ['$-1\r', '\n'], { kind: 'null' }],
  ['null at the end of an array', ['*2\r\n:1\r\n$-', '1\r\n'], { kind: 'array', items: [{ kind: 'integer', value: 1n }, { kind: 'null' }] }],
  ['a null array at the end of an array', ['*2\r\n+A\r\n*', '-', '1\r\n'], { kind: 'array', items: [{ kind: 'status', text: 'A' }, { kind: 'null' }] }],
] as const)('a reply that is cut before its end is read whole: %s', async (_what, pieces, reply) => {
  expect(await hear(...pieces)).toEqual([
    { type: 'reply', connection: ONE, request: PING, reply },
    { type: 'reply', connection: ONE, request: PING, reply: { kind: 'status', text: 'LAST' } },
  ])
})
