/** The simulated network keeps the promises of TCP and no more. */
import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../simulator/connection.ts'
import { EventQueue } from '../../simulator/event-queue.ts'
import { Host } from '../../simulator/host.ts'
import { Network } from '../../simulator/network.ts'
import { SimRandom } from '../../simulator/random.ts'
import type { Frame } from '../../simulator/wire.ts'

const frame = (word: string): Frame => ({ kind: 'command', argv: [word] })

function createPair() {
  const queue = new EventQueue()
  const network = new Network({ queue, random: new SimRandom(7), delay: { min: 100, jitter: 5000 } })
  const [a, b] = ['10.0.0.1', '10.0.0.2'].map((ip) => new Host({ name: ip, ip, queue }))
  if (a === undefined || b === undefined) throw new Error('unreachable')
  network.add(a)
  network.add(b)
  const heard: string[] = []
  const server: Endpoint[] = []
  const listen = () => {
    network.listen(b.begin(), 1, (endpoint) => {
      server.push(endpoint)
      return {
        received: (got) => { heard.push(got.kind === 'command' ? got.argv[0] ?? '' : got.kind) },
        closed: (reason) => heard.push(`server: ${reason}`),
      }
    })
  }
  const client = () => network.connect(a.life ?? a.begin(), { ip: b.ip, port: 1 }, {
    opened: () => heard.push('opened'),
    received: (got) => { heard.push(got.kind === 'command' ? got.argv[0] ?? '' : got.kind) },
    closed: (reason) => heard.push(`client: ${reason}`),
  })
  const run = (micros: number) => {
    const limit = queue.now + micros
    while (queue.runNext(limit));
    queue.advanceTo(limit)
  }
  return { queue, network, a, b, heard, server, listen, client, run }
}

describe('a simulated connection', () => {
  it('delivers everything in order, whatever the delays, also what was sent before it was established', () => {
    const { listen, client, run, heard } = createPair()
    listen()
    const endpoint = client()
    const words = Array.from({ length: 50 }, (_unused, at) => `w${at}`)
    for (const word of words) endpoint.send(frame(word))
    run(1_000_000)
    expect(heard).toEqual(['opened', ...words])
  })

  it('is refused where no process listens', () => {
    const { client, run, heard } = createPair()
    client()
    run(1_000_000)
    expect(heard).toEqual(['client: Connection refused'])
  })

  it('is not established through a blocked route, but after the block ends', () => {
    const { network, listen, client, run, heard } = createPair()
    listen()
    network.block('10.0.0.1', '10.0.0.2')
    client()
    run(1_500_000)
    expect(heard).toEqual([])
    network.unblock('10.0.0.1', '10.0.0.2')
    run(3_000_000)
    expect(heard).toEqual(['opened'])
  })

  it('times out after some minutes without packets', () => {
    const { network, listen, client, run, heard } = createPair()
    listen()
    network.block('10.0.0.2', '10.0.0.1')
    client()
    run(200_000_000)
    expect(heard).toEqual(['client: Connection timed out'])
  })

  it('holds back what is sent on a blocked route, in one direction only, and delivers it later in order', () => {
    const { network, listen, client, run, heard, server } = createPair()
    listen()
    const endpoint = client()
    run(1_000_000)
    network.block('10.0.0.1', '10.0.0.2')
    endpoint.send(frame('one'))
    endpoint.send(frame('two'))
    server[0]?.send(frame('back'))
    run(5_000_000)
    expect(heard).toEqual(['opened', 'back'])
    network.unblock('10.0.0.1', '10.0.0.2')
    run(40_000_000)
    expect(heard).toEqual(['opened', 'back', 'one', 'two'])
  })

  it('keeps the order of what was on its way when the route was blocked and what was sent meanwhile', () => {
    const { network, listen, client, run, heard } = createPair()
    listen()
    const endpoint = client()
    run(1_000_000)
    for (let at = 0; at < 20; at += 1) endpoint.send(frame(`sent ${at}`))
    network.block('10.0.0.1', '10.0.0.2')
    for (let at = 20; at < 40; at += 1) endpoint.send(frame(`sent ${at}`))
    run(1_000_000)
    network.unblock('10.0.0.1', '10.0.0.2')
    run(3_000_000)
    expect(heard).toEqual(['opened', ...Array.from({ length: 40 }, (_unused, at) => `sent ${at}`)])
  })

  it('keeps the order when a block ends before all that was on its way has met it', () => {
    const { network, listen, client, run, heard } = createPair()
    listen()
    const endpoint = client()
    run(1_000_000)
    for (let at = 0; at < 40; at += 1) {
      endpoint.send(frame(`sent ${at}`))
      run(500)
      if (at === 10) network.block('10.0.0.1', '10.0.0.2')
      if (at === 15) network.unblock('10.0.0.1', '10.0.0.2')
    }
    run(3_000_000)
    expect(heard).toEqual(['opened', ...Array.from({ length: 40 }, (_unused, at) => `sent ${at}`)])
  })

  it('needs as many ends as beginnings of a block', () => {
    const { network, listen, client, run, heard } = createPair()
    listen()
    network.block('10.0.0.1', '10.0.0.2')
    network.block('10.0.0.1', '10.0.0.2')
    network.unblock('10.0.0.1', '10.0.0.2')
    client()
    run(10_000_000)
    expect(heard).toEqual([])
  })

  it('ends for the other side after everything that was sent', () => {
    const { listen, client, run, heard } = createPair()
    listen()
    const endpoint = client()
    run(1_000_000)
    endpoint.send(frame('last'))
    endpoint.close()
    run(1_000_000)
    expect(heard).toEqual(['opened', 'last', 'server: Connection closed by peer'])
  })

  it('delivers nothing after this side has closed it', () => {
    const { listen, client, run, heard, server } = createPair()
    listen()
    const endpoint = client()
    run(1_000_000)
    server[0]?.send(frame('late'))
    endpoint.close()
    run(1_000_000)
    expect(heard).toEqual(['opened', 'server: Connection closed by peer'])
  })

  it('is closed by the machine when its process dies', () => {
    const { network, b, listen, client, run, heard } = createPair()
    listen()
    client()
    run(1_000_000)
    const { life } = b
    if (life !== undefined) network.endProcess(life)
    b.end()
    run(1_000_000)
    expect(heard).toEqual(['opened', 'client: Connection closed by peer'])
  })

  it('looks alive after a power cut until the machine is back and something is sent', () => {
    const { network, b, listen, client, run, heard } = createPair()
    listen()
    const endpoint = client()
    run(1_000_000)
    network.powerOff(b)
    b.end()
    endpoint.send(frame('anybody?'))
    run(60_000_000)
    expect(heard).toEqual(['opened'])
    network.powerOn(b)
    run(60_000_000)
    expect(heard).toEqual(['opened', 'client: Connection reset by peer'])
  })

  it('is accepted for a stopped process, which reads when it goes on', () => {
    const { b, listen, client, run, heard } = createPair()
    listen()
    b.life?.pause()
    const endpoint = client()
    endpoint.send(frame('waiting'))
    run(5_000_000)
    expect(heard).toEqual(['opened'])
    b.life?.resume()
    run(1_000_000)
    expect(heard).toEqual(['opened', 'waiting'])
  })

  it('is forgotten when both ends are closed', () => {
    const { network, listen, client, run } = createPair()
    listen()
    client().close()
    const second = client()
    run(1_000_000)
    second.close()
    run(1_000_000)
    expect(network.connectionCount).toBe(0)
  })
})
