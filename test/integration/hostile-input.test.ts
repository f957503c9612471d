import { randomBytes } from 'node:crypto'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  eventually, formatAddress, killMaster, notYet, startDeployment, type Deployment,
} from '../../src/harness/index.ts'
import { Calm } from './scenarios/calm.ts'
import { FakeNode, nodeWithInfo } from './support/fake-node.ts'
import { RawClient } from './support/raw-client.ts'
import { fleet } from './support/settings.ts'

// Whatever arrives: the sentinel goes on, says once and in plain words what was wrong, and nothing else is disturbed.
describe('a sentinel that receives malformed input', () => {
  let deployment: Deployment

  beforeAll(async () => {
    deployment = await startDeployment({ sentinels: fleet(3), downAfterMs: 1_500, sentinelConfig: ['loglevel verbose'] })
  })
  afterAll(() => deployment.stop())

  it('serves other clients and masters while its port receives garbage', async () => {
    const calm = await Calm.watch(deployment)
    const { address } = deployment.sentinel(0)
    let expected = protocolErrorLines(deployment)
    for (const { bytes, protocolErrors } of GARBAGE) {
      expected += protocolErrors
      const client = new RawClient(address)
      await client.send(bytes)
      // A protocol error ends the connection; what is only half a command waits for the rest.
      if (protocolErrors > 0) await client.closed
      client.close()
      await answersPing(deployment)
      await eventually(`the log to speak about ${JSON.stringify(bytes.toString('latin1').slice(0, 40))}`, () => {
        expect(protocolErrorLines(deployment)).toBe(expected)
      }, { timeoutMs: 5_000 })
    }
    for (let turn = 0; turn < 20; turn++) {
      const client = new RawClient(address)
      await client.send(randomBytes(64 * 1024))
      client.close()
    }
    await answersPing(deployment)
    await calm.expectUndisturbed({ logLines: 1 })
  })

  it('serves other clients and masters while clients send half of a command', async () => {
    const calm = await Calm.watch(deployment)
    const { address } = deployment.sentinel(0)
    const halves = Array.from({ length: 20 }, () => new RawClient(address))
    for (const client of halves) await client.send('*2\r\n$8\r\nSENTINEL\r\n$7\r\nMAST')
    // The others are served meanwhile, and the halves are answered as soon as they are whole.
    await answersPing(deployment)
    for (const client of halves.slice(0, 10)) {
      for (const byte of 'ERS\r\n') await client.send(byte)
      await client.hear('mymaster')
    }
    for (const client of halves) client.close()
    await answersPing(deployment)
    await calm.expectUndisturbed({ logLines: 0 })
  })

  it('ignores hello messages with bad fields', async () => {
    const calm = await Calm.watch(deployment)
    const { host, port } = deployment.node(0).address
    const id = 'e'.repeat(40)
    const hellos = [
      '',
      'hello',
      ',,,,,,,',
      `127.0.0.1,5000,${id},0,mymaster,${host},${port}`,
      `127.0.0.1,5000,${id},0,mymaster,${host},${port},0,0`,
      `127.0.0.1,5000,${id},0,another,${host},${port},9`,
      `999.1.2.3,5000,${id},0,mymaster,${host},${port},9`,
      `not an address,5000,${id},0,mymaster,${host},${port},9`,
      `127.0.0.1,70000,${id},0,mymaster,${host},${port},9`,
      `127.0.0.1,-1,${id},0,mymaster,${host},${port},9`,
      `127.0.0.1,70000,${id},abc,mymaster,nowhere,abc,abc`,
      'x'.repeat(100_000),
      randomBytes(1_000).toString('latin1'),
    ]
    const publisher = deployment.node(1)
    for (const hello of hellos) {
      await publisher.call(['PUBLISH', '__sentinel__:hello', hello])
      await deployment.sentinel(0).call(['PUBLISH', '__sentinel__:hello', hello])
    }
    await answersPing(deployment)
    await calm.expectUndisturbed({ logLines: hellos.length * 2 })
  })

  it('monitors other masters while a node sends nonsense as INFO', async () => {
    const replies = nonsense()
    let asked = 0
    const node = await FakeNode.start(nodeWithInfo(() => replies[asked++ % replies.length] ?? ''))
    const calm = await Calm.watch(deployment)
    const sentinel = deployment.sentinel(0)
    try {
      const { host, port } = node.address
      await sentinel.call(['SENTINEL', 'MONITOR', 'nonsense', host, String(port), '2'])
      for (let turn = 0; turn < replies.length; turn++) {
        // A reconnection asks for INFO at once; waiting for the next one would take ten seconds.
        await eventually('the next INFO', () => {
          if (asked <= turn) throw notYet(`${asked} were asked for`)
        })
        await sentinel.call(['SENTINEL', 'REMOVE', 'nonsense'])
        await sentinel.call(['SENTINEL', 'MONITOR', 'nonsense', host, String(port), '2'])
      }
      await answersPing(deployment)
    } finally {
      await sentinel.call(['SENTINEL', 'REMOVE', 'nonsense'])
      await node.stop()
    }
    await calm.expectUndisturbed({ logLines: replies.length, ignoring: / nonsense / })
  })

  it('monitors other masters while a node accepts connections and never answers', async () => {
    const mute = await FakeNode.start(() => undefined)
    const calm = await Calm.watch(deployment)
    const { timeline } = deployment
    const { position } = timeline
    try {
      const { host, port } = mute.address
      for (const sentinel of deployment.sentinels) {
        await sentinel.call(['SENTINEL', 'MONITOR', 'mute', host, String(port), '2'])
        await sentinel.call(['SENTINEL', 'SET', 'mute', 'down-after-milliseconds', '1000'])
      }
      for (const { name } of deployment.sentinels) {
        await timeline.waitFor({ source: name, event: '+sdown', text: `master mute ${formatAddress(mute.address).replace(':', ' ')}`, after: position })
      }
      await calm.expectUndisturbed({ logLines: 3, ignoring: / mute /, ignoringEpochs: true })
      // The other master is failed over as if nothing was wrong.
      const fault = await killMaster(deployment)
      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      for (const { name } of deployment.sentinels) {
        expect(timeline.all({ source: name, event: '+sdown', text: /^master mute /, after: position })).toHaveLength(1)
      }
    } finally {
      await mute.stop()
    }
  })
})

async function answersPing(deployment: Deployment): Promise<void> {
  expect(await deployment.sentinel(0).call(['PING'], 1_000)).toBe('PONG')
}

// What a client did wrong is said at verbose level, as in the original: a client must not be able to fill the log.
function protocolErrorLines(deployment: Deployment): number {
  return deployment.sentinel(0).logLines().filter((line) => line.includes('Protocol error')).length
}

const GARBAGE: readonly { readonly bytes: string | Buffer, readonly protocolErrors: 0 | 1 }[] = [
  { bytes: '\0\0\0\0\r\n', protocolErrors: 0 },
  { bytes: 'GET / HTTP/1.1\r\nAccept: text/html\r\n\r\n', protocolErrors: 0 },
  { bytes: 'POST / HTTP/1.1\r\n\r\n', protocolErrors: 0 },
  { bytes: '*4294967296\r\n', protocolErrors: 1 },
  { bytes: '*-5\r\n', protocolErrors: 0 },
  { bytes: '*abc\r\n', protocolErrors: 1 },
  { bytes: '*1\r\n$999999999999\r\n', protocolErrors: 1 },
  { bytes: '*1\r\n$-1\r\n', protocolErrors: 1 },
  { bytes: '*1\r\n:5\r\n', protocolErrors: 1 },
  { bytes: '*2\r\n$4\r\nPING\r\nPING\r\n', protocolErrors: 1 },
  { bytes: '"unbalanced\r\n', protocolErrors: 1 },
  { bytes: 'x'.repeat(70_000), protocolErrors: 1 },
  { bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', protocolErrors: 0 },
]

/** INFO texts that no node sends. The roles come last, so that none of them looks like a whole one. */
function nonsense(): string[] {
  return [
    '',
    '\r\n\r\n\r\n',
    'role',
    'role:\r\n',
    'role:emperor\r\n',
    'run_id:short\r\nrole:master\r\n',
    `run_id:${'z'.repeat(5_000)}\r\nrole:master\r\n`,
    'role:master\r\nslave0:\r\nslave1:ip=,port=,\r\nslave2:ip=300.1.1.1,port=6379,\r\nslave3:ip=127.0.0.1,port=99999,\r\n',
    'role:master\r\nslave0:ip=127.0.0.1,port=-5,\r\nslave1:,,\r\nslave999999:ip=a b,port=x,\r\n',
    'role:master\r\nmaster_link_down_since_seconds:not a number\r\nslave_repl_offset:1e99\r\n',
    `role:master\r\n${'x'.repeat(200_000)}\r\n`,
    randomBytes(50_000).toString('latin1'),
  ]
}
