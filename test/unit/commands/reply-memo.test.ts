import { describe, expect, it } from 'vitest'

import { encode } from '../../../src/resp/index.ts'
import { bench, type Bench } from './fake-client.ts'
import { fakeMaster, masterView, peerView, replicaView } from './fake-core.ts'

/** A world in which neither time passes nor the core makes a step, unless the test says so. */
function stillBench(): Bench {
  const still = bench()
  still.mono = 1000
  still.view.isStill = true
  return still
}

/** What a client sees. */
async function wire(from: Bench, line: string): Promise<string> {
  return encode(await from.say(line), 2)
}

/** The state changes, as after a step of the core. */
function change(of: Bench, master: Parameters<typeof fakeMaster>[0]): void {
  of.view.fakes = [fakeMaster(master)]
  of.view.isStill = false
  expect(of.view.revision).toBeGreaterThan(0)
  of.view.isStill = true
}

describe('answers that are kept', () => {
  const changed = {
    view: masterView({ host: '10.1.1.1', flags: ['s_down', 'master'] }),
    replicas: [replicaView({ masterLinkUp: false })],
    peers: [peerView({ lastHelloMs: 77_777 })],
  }

  it.each<[string, string]>([
    ['sentinel masters', 's_down,master'],
    ['sentinel replicas mymaster', 'err'],
    ['sentinel sentinels mymaster', '77777'],
    ['sentinel get-master-addr-by-name mymaster', '10.1.1.1'],
  ])('%s shows every change of the state at once', async (line, sign) => {
    const b = stillBench()
    const before = await wire(b, line)
    expect(await wire(b, line)).toBe(before)
    expect(before).not.toContain(sign)
    change(b, changed)
    expect(await wire(b, line)).toContain(sign)
  })

  it.each(['masters', 'replicas mymaster', 'sentinels mymaster'])('SENTINEL %s shows ages as of this millisecond', async (words) => {
    const b = stillBench()
    const before = await wire(b, `sentinel ${words}`)
    // The core makes no step: only the ages are others.
    b.view.fakes = [fakeMaster({
      view: masterView({ lastOkPingReplyMs: 55_555 }),
      replicas: [replicaView({ lastOkPingReplyMs: 55_555 })],
      peers: [peerView({ lastOkPingReplyMs: 55_555 })],
    })]
    expect(await wire(b, `sentinel ${words}`)).toBe(before)
    b.mono = 1001
    expect(await wire(b, `sentinel ${words}`)).toContain('55555')
  })

  it('belong to one master each', async () => {
    const b = stillBench()
    b.view.fakes = [fakeMaster(), fakeMaster({ view: masterView({ name: 'other', host: '10.0.0.9' }), replicas: [] })]
    expect(await wire(b, 'sentinel replicas mymaster')).toContain('6380')
    expect(await wire(b, 'sentinel replicas other')).toBe('*0\r\n')
    expect(await wire(b, 'sentinel get-master-addr-by-name mymaster')).toContain('127.0.0.1')
    expect(await wire(b, 'sentinel get-master-addr-by-name other')).toContain('10.0.0.9')
  })

  it('do not contain a promotion before it is durable, whatever was answered earlier', async () => {
    const b = stillBench()
    const question = 'sentinel get-master-addr-by-name mymaster'
    expect(await wire(b, question)).toContain('127.0.0.1')
    change(b, { address: { host: '10.0.0.2', port: 6380, durableFrom: 5 } })
    const told: string[] = []
    const first = wire(b, question).then((reply) => told.push(reply))
    const second = wire(b, question).then((reply) => told.push(reply))
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).toEqual([])
    b.operator.becomeDurable(5)
    await Promise.all([first, second])
    expect(told).toEqual([await wire(b, question), await wire(b, question)])
    expect(told[0]).toContain('10.0.0.2')
  })

  it('are forgotten when their master is removed', async () => {
    const b = stillBench()
    await wire(b, 'sentinel get-master-addr-by-name mymaster')
    await wire(b, 'sentinel replicas mymaster')
    change(b, { view: masterView({ name: 'other' }) })
    expect(await wire(b, 'sentinel get-master-addr-by-name mymaster')).toBe('*-1\r\n')
    expect(await wire(b, 'sentinel replicas mymaster')).toBe('-ERR No such master with that name\r\n')
  })
})
