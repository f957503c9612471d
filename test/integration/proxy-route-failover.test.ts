/** Clients of route mode stay connected when the master changes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  eventually, formatAddress, killMaster, messageOf, notYet, orderFailover, startDeployment, Workspace,
  type Address, type CommandConnection, type Deployment, type Fault, type SentinelKind,
} from '../../src/harness/index.ts'
import { ProxyProcess } from './proxy-process.ts'

/** Appends numbers over one connection, one after the other, until it is stopped. An error does not end it. */
class RouteWriter {
  /** With the times at which they began, in milliseconds since 1970. */
  readonly acknowledged: { readonly value: number, readonly began: number }[] = []
  readonly errors: { readonly text: string, readonly began: number }[] = []
  readonly key: string
  readonly #client: CommandConnection
  readonly #done: Promise<void>
  #isStopped = false

  constructor(proxy: ProxyProcess, key: string) {
    this.#client = proxy.client()
    this.key = key
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#done
    this.#client.close()
  }

  async #run(): Promise<void> {
    for (let value = 0; !this.#isStopped; value += 1) {
      const began = Date.now()
      try {
        await this.#client.call(['RPUSH', this.key, String(value)])
        this.acknowledged.push({ value, began })
        await this.#client.call(['LLEN', this.key])
      } catch (error) {
        this.errors.push({ text: messageOf(error), began })
      }
    }
  }

  /** Waits for a write that began after this time. */
  async writesSince(at: number): Promise<void> {
    await eventually('a write', () => {
      if ((this.acknowledged.at(-1)?.began ?? 0) <= at) throw notYet(JSON.stringify(this.errors.slice(-3)))
    }, { timeoutMs: 20_000, everyMs: 5 })
  }
}

/** Ours let a replaced master follow at once; genuine ones need a second replica for the next failover. */
async function stage(kind: SentinelKind) {
  const workspace = new Workspace('proxy-route-failover')
  const deployment = await startDeployment({ sentinels: [kind, kind, kind], replicas: kind === 'ours' ? 1 : 2 })
  const proxy = await ProxyProcess.start(workspace, deployment, ['mode route', 'wait-for-master 20000'])
  await proxy.logged('serves reads')
  const end = async (): Promise<void> => {
    await proxy.stop()
    await deployment.stop()
    await workspace.remove()
  }
  return { deployment, proxy, end }
}

/** Kills the master. A request that comes after that waits for the new one, and is stored there. */
async function expectWaitAtKill(
  deployment: Deployment, proxy: ProxyProcess,
): Promise<{ readonly fault: Fault, readonly master: Address }> {
  const client = proxy.client()
  expect(await client.call(['SET', 'before', '1'])).toBe('OK')
  const fault = await killMaster(deployment)
  // What was sent to the dead master before the proxy noticed would be lost.
  await eventually('the end of its connections', async () => {
    const { text } = await proxy.http('/metrics')
    if (text.includes(`node="${formatAddress(fault.node.address)}"`)) throw notYet(text)
  }, { timeoutMs: 20_000, everyMs: 5 })
  expect(await client.call(['SET', 'after', '1'], 30_000)).toBe('OK')
  const { master } = await proxy.leaves(fault.node.address)
  expect(await client.call(['GET', 'after'])).toBe('1')
  expect(await deployment.nodeAt(master).call(['GET', 'after'])).toBe('1')
  client.close()
  return { fault, master }
}

describe('a proxy in route mode', () => {
  let staged: Awaited<ReturnType<typeof stage>>
  beforeAll(async () => { staged = await stage('ours') })
  afterAll(async () => { await staged.end() })

  it('shows no error to its clients at a coordinated switchover, and loses none of their writes', async () => {
    const { deployment, proxy } = staged
    const old = (await deployment.currentMaster()).address
    const writers = Array.from({ length: 4 }, (_, at) => new RouteWriter(proxy, `planned${at}`))
    expect(await deployment.sentinel(0).call(['SENTINEL', 'FAILOVER', deployment.group.name, 'COORDINATED'])).toBe('OK')
    const { master } = await proxy.leaves(old)
    await deployment.waitUntilSettled({ awayFrom: old })
    await Promise.all(writers.map((writer) => writer.stop()))
    expect(writers.flatMap(({ errors }) => errors)).toEqual([])
    for (const [at, { acknowledged }] of writers.entries()) {
      const list = await deployment.nodeAt(master).call(['LRANGE', `planned${at}`, '0', '-1']) as string[]
      expect(list.map(Number)).toEqual(acknowledged.map(({ value }) => value))
    }
  })

  it('lets a request that comes after a kill wait for the new master, and loses no later write', async () => {
    await expectWaitAtKill(staged.deployment, staged.proxy)
  })
})

describe('a proxy in route mode that follows genuine sentinels', () => {
  let staged: Awaited<ReturnType<typeof stage>>
  beforeAll(async () => { staged = await stage('genuine') })
  afterAll(async () => { await staged.end() })

  it('leads clients to the new master at a planned failover: no later write fails or is lost', async () => {
    const { deployment, proxy } = staged
    const old = (await deployment.currentMaster()).address
    const writer = new RouteWriter(proxy, 'planned')
    await writer.writesSince(0)
    await orderFailover(deployment)
    const { master, at } = await proxy.leaves(old)
    await writer.writesSince(at)
    await writer.stop()
    // What the old master acknowledged before the sentinels announced the new one may be lost: this failover does not
    // wait for the replica, as a coordinated one of ours does.
    expect(writer.errors.filter(({ began }) => began > at)).toEqual([])
    expect(await missingOn(deployment, master, writer, at)).toEqual([])
  })

  it('lets a request that comes after a kill wait for the new master, and stays there when the old one is back', async () => {
    const { deployment, proxy } = staged
    const { fault, master } = await expectWaitAtKill(deployment, proxy)
    const writer = new RouteWriter(proxy, 'killed')
    await fault.node.start()
    await writer.writesSince(Date.now())
    await writer.stop()
    expect(writer.errors).toEqual([])
    expect(await missingOn(deployment, master, writer, 0)).toEqual([])
  })
})

/** Acknowledged writes that began after this time and are not on the node. */
async function missingOn(
  deployment: Deployment, node: Address, { acknowledged, key }: RouteWriter, at: number,
): Promise<readonly unknown[]> {
  const stored = new Set((await deployment.nodeAt(node).call(['LRANGE', key, '0', '-1']) as string[]).map(Number))
  return acknowledged.filter(({ value, began }) => began > at && !stored.has(value))
}
