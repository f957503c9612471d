import { connect, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { claimPort, type ClaimedPort } from '../../../src/harness/free-ports.ts'
import { checkLoopback } from '../../../src/harness/loopback.ts'
import { Network } from '../../../src/harness/network.ts'
import { Timeline } from '../../../src/harness/timeline.ts'

// Node `a` (127.0.1.2) talks to node `b`, an echo server, through the relay in front of `b`.
// Only Linux has the whole of 127.0.0.0/8 on its loopback interface without further ado.
describe.skipIf(process.platform !== 'linux')('Network', () => {
  let network: Network
  let timeline: Timeline
  let echo: Server
  let relayPort: ClaimedPort
  let unusedPort: ClaimedPort
  const sockets: Socket[] = []

  beforeEach(async () => {
    echo = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (bytes) => { socket.write(bytes) })
    })
    echo.listen(0, '127.0.1.3')
    await once(echo, 'listening')
    const address = echo.address()
    if (address === null || typeof address === 'string') throw new Error('no address')
    relayPort = await claimPort()
    unusedPort = await claimPort()
    timeline = new Timeline()
    network = new Network(timeline)
    await network.add('a', { host: '127.0.1.2', port: 1 }, { host: '127.0.0.1', port: unusedPort.port })
    await network.add('b', { host: '127.0.1.3', port: address.port }, { host: '127.0.0.1', port: relayPort.port })
  })

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await network.close()
    echo.close()
    relayPort.release()
    unusedPort.release()
  })

  function dial(localAddress = '127.0.1.2'): Socket {
    const socket = connect({ host: '127.0.0.1', port: relayPort.port, localAddress })
    socket.on('error', () => undefined)
    sockets.push(socket)
    return socket
  }

  // Not once(): a reset is reported as an error first, and that is what the tests look for.
  function closed(socket: Socket): Promise<void> {
    return new Promise((resolve) => {
      socket.once('close', () => { resolve() })
    })
  }

  async function answer(socket: Socket, text: string): Promise<string> {
    socket.write(text)
    const [bytes] = await once(socket, 'data') as [Buffer]
    return bytes.toString()
  }

  it('passes bytes on in both directions', async () => {
    expect(await answer(dial(), 'hello')).toBe('hello')
  })

  it('cut resets the connections of the pair, refuses new ones, and does not affect others', async () => {
    const before = dial()
    await answer(before, 'x')
    const client = dial('127.0.0.1')
    await answer(client, 'x')
    network.cut('a', 'b')
    await closed(before)
    await closed(dial())
    expect(await answer(client, 'still here')).toBe('still here')
    network.heal()
    expect(await answer(dial(), 'back')).toBe('back')
  })

  it('silence holds bytes back and keeps the connection; healing passes them on', async () => {
    const socket = dial()
    await answer(socket, 'x')
    network.silence('b', 'a')
    let heard = ''
    socket.on('data', (bytes) => { heard += bytes.toString() })
    socket.write('late')
    // The way there is open, so a second connection of a client shows that the server is up meanwhile.
    expect(await answer(dial('127.0.0.1'), 'ping')).toBe('ping')
    expect(heard).toBe('')
    network.heal()
    while (heard === '') await once(socket, 'data')
    expect(heard).toBe('late')
  })

  it('isolate keeps the named connections', async () => {
    network.isolate('b', ['client'])
    await closed(dial())
    expect(await answer(dial('127.0.0.1'), 'x')).toBe('x')
  })

  it('split separates groups', async () => {
    network.split(['a', 'client'], ['b'])
    await closed(dial('127.0.0.1'))
    await closed(dial())
  })

  it('delay takes effect in each direction and keeps the order', async () => {
    const socket = dial()
    await answer(socket, 'x')
    network.delay('a', 'b', 40)
    const start = performance.now()
    let heard = ''
    socket.on('data', (bytes) => { heard += bytes.toString() })
    socket.write('1')
    socket.write('2')
    while (heard.length < 2) await once(socket, 'data')
    expect(heard).toBe('12')
    expect(performance.now() - start).toBeGreaterThanOrEqual(79)
  })

  it('refuses connections to a node that does not run, and takes them when it runs again', async () => {
    const before = dial()
    await answer(before, 'x')
    network.processChanged('b', 'killed')
    const refused = connect({ host: '127.0.0.1', port: relayPort.port })
    expect((await once(refused, 'error').catch((error: unknown) => [error]) as [{ code: string }])[0].code).toBe('ECONNREFUSED')
    network.processChanged('b', 'started')
    await network.reachable('b')
    expect(await answer(dial(), 'back')).toBe('back')
  })

  it('waits for a node that was started until it listens', async () => {
    const hidden = await claimPort()
    const announced = await claimPort()
    const late = createServer((socket) => { socket.end() })
    try {
      await network.add('late', { host: '127.0.1.9', port: hidden.port }, { host: '127.0.0.1', port: announced.port })
      network.processChanged('late', 'stopped')
      network.processChanged('late', 'started')
      const early = connect({ host: '127.0.0.1', port: announced.port })
      await expect(once(early, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      late.listen(hidden.port, '127.0.1.9')
      await network.reachable('late')
      const socket = connect({ host: '127.0.0.1', port: announced.port })
      await once(socket, 'connect')
      socket.destroy()
    } finally {
      late.close()
      hidden.release()
      announced.release()
    }
  })

  it('every fault and its end leave one mark in the timeline', () => {
    network.cut('a', 'b')
    network.silence('a', 'client')
    network.delay('a', 'b', 5)
    network.delay('a', 'b', 0)
    network.isolate('b', ['client'])
    network.split(['a'], ['b', 'client'])
    network.heal()
    network.heal()
    expect(timeline.all({ source: 'network' }).map(({ event }) => event)).toEqual([
      'fault: cut a from b', 'fault: lose all bytes from a to client', 'fault: delay a and b by 5 ms',
      'the delay between a and b ends', 'fault: isolate b, but not from client', 'fault: split into a | b, client', 'healed',
    ])
  })

  it('a name that does not exist is an error', () => {
    expect(() => { network.cut('a', 'nobody') }).toThrow('no node named nobody')
  })
})

describe('checkLoopback', () => {
  it('reports at once how to add a loopback address that this system does not have', async () => {
    // An address of documentation, which no interface has.
    const check = checkLoopback(2, (at) => `192.0.2.${at}`)
    await expect(check).rejects.toThrow(/'relayed' needs.* 192\.0\.2\.1 to 192\.0\.2\.2, .*does not have 192\.0\.2\.1 \(.*EADDRNOTAVAIL/)
  })
})
