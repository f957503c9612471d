import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, it } from 'vitest'

import { plainWriter, startWriter } from '../../../src/harness/index.ts'
import { proxyConfigLines, proxyMode } from '../../../src/harness/proxy-process.ts'

/** Answers one write after the other; `close` closes the connection without an answer. */
async function scriptedServer(answers: readonly string[]) {
  const writes: string[] = []
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.setEncoding('utf8')
    socket.on('error', () => undefined)
    socket.on('data', (text: string) => {
      const [, value = ''] = /(\d+)\r\n$/.exec(text) ?? []
      const answer = answers[writes.push(value) - 1] ?? `:${writes.length}\r\n`
      if (answer === 'close') socket.destroy()
      else socket.write(answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    server, writes, port: (server.address() as AddressInfo).port, connectionCount: () => connections,
  }
}

it('a plain writer stays connected after an error, connects again when its connection is closed, and repeats no write', async () => {
  const { server, writes, port, connectionCount } = await scriptedServer([':1\r\n', '-READONLY x\r\n', ':3\r\n', 'close'])
  const writer = await startWriter({ masterName: 'm', sentinels: [], ...plainWriter({ host: '127.0.0.1', port }) })
  while ((await writer.nextAcknowledged()).value < 6) expect(connectionCount()).toBeLessThan(3)
  await writer.stop()
  server.close()
  expect(writes.slice(0, 6)).toEqual(['1', '2', '3', '4', '5', '6'])
  expect(connectionCount()).toBe(2)
  const acknowledged = writer.acknowledged.slice(0, 4).map(({ value, server: node }) => [value, node])
  expect(acknowledged).toEqual([1, 3, 5, 6].map((value) => [value, undefined]))
  expect(writer.report()).toMatchObject({ failed: 2, readonlyErrors: 1, unknown: 0 })
})

it('the file of a proxy in route mode has no read-port, which that mode refuses', () => {
  const at = (port: number) => ({ host: '127.0.0.1', port })
  const login = { user: undefined, password: undefined }
  const lines = (...extra: string[]) => proxyConfigLines({
    places: { address: at(1), readAddress: at(2), httpAddress: at(3) }, sentinels: [at(4)], masterName: 'm',
    sentinelLogin: login, nodeLogin: login, tls: undefined, extra,
  })
  expect(lines('max-clients 9')).toContain('read-port 2')
  expect(lines('mode pipe', 'MODE "route"').filter((line) => line.includes('read-port'))).toEqual([])
  expect([proxyMode(['mode route', 'mode pipe']), proxyMode(['# mode route'])]).toEqual(['pipe', 'pipe'])
})
