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
  let random: number
  const sockets: Socket[] = []
  const echoed: Socket[] = []

  beforeEach(async () => {
    random = 0.99
    echo = createServer((socket) => {
      echoed.push(socket)
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
    network = new Network(timeline, () => random, new Map([['app-1', '127.0.100.2']]))
    await network.add('a', { host: '127.0.1.2', port: 1 }, { host: '127.0.0.1', port: unusedPort.port })
    await network.add('b', { host: '127.0.1.3', port: address.port }, { host: '127.0.0.1', port: relayPort.port })
  })

  afterEach(async () => {
    for (const socket of [...sockets.splice(0), ...echoed.splice(0)]) socket.destroy()
    await network.close()
    echo.close()
    relayPort.release()
    unusedPort.release()
  })

  function dial(localAddress = '127.0.1.2', host = '127.0.0.1'): Socket {
    const socket = connect({ host, port: relayPort.port, localAddress })
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

  it('recognises a named client by the address that it connects from or to, and cuts it off alone', async () => {
    const from = dial('127.0.100.2')
    const to = dial('127.0.0.1', '127.0.100.2')
    const other = dial('127.0.0.1')
    for (const socket of [from, to, other]) await answer(socket, 'x')
    network.cut('app-1', 'b')
    await Promise.all([closed(from), closed(to)])
    expect(await answer(other, 'still here')).toBe('still here')
    network.heal()
    expect(await answer(dial('127.0.0.1', '127.0.100.2'), 'back')).toBe('back')
  })

  it('counts a named client as a client as well', async () => {
    const named = dial('127.0.100.2')
    await answer(named, 'x')
    network.isolate('b', ['client'])
    expect(await answer(named, 'kept')).toBe('kept')
    network.cut('client', 'b')
    await closed(named)
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

  it('the end of one fault leaves the others in effect, and ending twice changes nothing', async () => {
    const cut = network.cut('a', 'b')
    const isolated = network.isolate('b', ['client'])
    await isolated.end()
    await closed(dial())
    await cut.end()
    await cut.end()
    expect(await answer(dial(), 'back')).toBe('back')
    expect(timeline.all({ event: 'end of fault: cut a from b' })).toHaveLength(1)
  })

  it('a fault ends with the block that uses it, and not again after healing', async () => {
    {
      await using fault = network.cut('a', 'b')
      await closed(dial())
      expect(fault).toBeDefined()
    }
    expect(await answer(dial(), 'back')).toBe('back')
    const healed = network.cut('a', 'b')
    network.heal()
    await healed.end()
    expect(timeline.all({ event: /^end of fault/ })).toHaveLength(1)
  })

  it('a delay for one direction leaves the other one quick', async () => {
    const socket = dial()
    network.delay('a', 'b', 60, { oneWay: true })
    const start = performance.now()
    await answer(socket, 'x')
    expect(performance.now() - start).toBeGreaterThanOrEqual(59)
    network.delay('a', 'b', 0)
    network.delay('b', 'a', 60, { oneWay: true })
    // The bytes arrive at once: the echo server answers a second connection that is not delayed.
    socket.write('y')
    expect(await answer(dial('127.0.0.1'), 'z')).toBe('z')
  })

  it('jitter and loss delay as much as the random numbers want', async () => {
    const socket = dial()
    await answer(socket, 'x')
    random = 0.5
    network.jitter('a', 'b', 80)
    let start = performance.now()
    await answer(socket, 'x')
    // Twice half of it.
    expect(performance.now() - start).toBeGreaterThanOrEqual(79)
    network.heal()
    random = 0.1
    network.drop('a', 'b', 0.2, { oneWay: true })
    start = performance.now()
    await answer(socket, 'x')
    expect(performance.now() - start).toBeGreaterThanOrEqual(199)
  })

  it('bandwidth limits what all connections of a pair receive together', async () => {
    const sockets = [dial(), dial()]
    await Promise.all(sockets.map((socket) => answer(socket, 'x')))
    await using fault = network.bandwidth('a', 'b', 100_000, { oneWay: true })
    const start = performance.now()
    await Promise.all(sockets.map(async (socket) => {
      socket.write(Buffer.alloc(10_000))
      for (let received = 0; received < 10_000;) received += (await once(socket, 'data') as [Buffer])[0].length
    }))
    // 20000 bytes; the first piece of 20 ms needs no waiting.
    expect(performance.now() - start).toBeGreaterThanOrEqual(170)
    await fault.end()
  })

  it('a frozen node accepts connections, and handles what they sent at the end', async () => {
    const fault = network.freeze('b', ['client'])
    const socket = dial()
    await once(socket, 'connect')
    let heard = ''
    socket.on('data', (bytes) => { heard += bytes.toString() })
    socket.write('late')
    expect(await answer(dial('127.0.0.1'), 'x')).toBe('x')
    expect(heard).toBe('')
    await fault.end()
    while (heard === '') await once(socket, 'data')
    expect(heard).toBe('late')
  })

  it('attempts to connect to a black hole get no answer, and new ones succeed after its end', async () => {
    const open = dial()
    await answer(open, 'x')
    const fault = await network.blackhole('b')
    const pending = dial('127.0.0.1')
    let connected = false
    pending.once('connect', () => { connected = true })
    let heard = ''
    open.on('data', (bytes) => { heard += bytes.toString() })
    open.write('late')
    // The kernel repeats a SYN after 1 s; an answered one takes less than a millisecond.
    pending.setTimeout(200)
    await once(pending, 'timeout')
    expect({ connected, heard }).toEqual({ connected: false, heard: '' })
    await fault.end()
    expect(await answer(dial('127.0.0.1'), 'back')).toBe('back')
    while (heard === '') await once(open, 'data')
    expect(heard).toBe('late')
  })

  it('connections of a node that vanished stay half-open, and are reset by what is sent after its return', async () => {
    const [idle, sending] = [dial('127.0.0.1'), dial('127.0.0.1')]
    await Promise.all([answer(idle, 'x'), answer(sending, 'x')])
    const resets = [closed(idle), closed(sending)]
    const fault = await network.vanish('b', 'refused')
    for (const one of echoed) one.destroy()
    network.processChanged('b', 'killed')
    await expect(once(dial(), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    sending.write('into the void')
    network.processChanged('b', 'started')
    await network.reachable('b')
    expect(sending.closed).toBe(false)
    await fault.end()
    // What was not acknowledged is sent again, and the host that has returned knows no such connection.
    await resets[1]
    expect(await answer(dial(), 'back')).toBe('back')
    expect(idle.closed).toBe(false)
    idle.write('still there?')
    await resets[0]
  })

  it('refuses values that make no sense', () => {
    expect(() => network.drop('a', 'b', 1)).toThrow('between 0 and 1, not 1; silence() loses all')
    expect(() => network.jitter('a', 'b', 0)).toThrow('above 0')
    expect(() => network.bandwidth('a', 'b', Number.NaN)).toThrow('not NaN')
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
