/** Clients of route mode stay connected when the master changes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  eventually, formatAddress, killMaster, messageOf, notYet, startDeployment, Workspace,
  type CommandConnection, type Deployment,
} from '../../src/harness/index.ts'
import { ProxyProcess } from './proxy-process.ts'

/** Appends numbers over one connection, one after the other, until it is stopped. An error does not end it. */
class RouteWriter {
  readonly acknowledged: number[] = []
  readonly errors: string[] = []
  slowestMs = 0
  readonly #client: CommandConnection
  readonly #key: string
  readonly #done: Promise<void>
  #isStopped = false

  constructor(proxy: ProxyProcess, key: string) {
    this.#client = proxy.client()
    this.#key = key
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#done
    this.#client.close()
  }

  async #run(): Promise<void> {
    for (let value = 0; !this.#isStopped; value += 1) {
      const from = performance.now()
      try {
        await this.#client.call(['RPUSH', this.#key, String(value)])
        this.acknowledged.push(value)
        await this.#client.call(['LLEN', this.#key])
      } catch (error) {
        this.errors.push(messageOf(error))
      }
      this.slowestMs = Math.max(this.slowestMs, performance.now() - from)
    }
  }
}

describe('a proxy in route mode', () => {
  let workspace: Workspace
  let deployment: Deployment
  let proxy: ProxyProcess

  beforeAll(async () => {
    workspace = new Workspace('proxy-route-failover')
    deployment = await startDeployment({ replicas: 1 })
    proxy = await ProxyProcess.start(workspace, deployment, ['mode route', 'wait-for-master 20000'])
    await proxy.logged('serves reads')
  })

  afterAll(async () => {
    await proxy.stop()
    await deployment.stop()
    await workspace.remove()
  })

  it('shows no error to its clients at a coordinated switchover, and loses none of their writes', async () => {
    const old = (await deployment.currentMaster()).address
    const writers = Array.from({ length: 4 }, (_, at) => new RouteWriter(proxy, `planned${at}`))
    expect(await deployment.sentinel(0).call(['SENTINEL', 'FAILOVER', deployment.group.name, 'COORDINATED'])).toBe('OK')
    const { master } = await proxy.leaves(old)
    await deployment.waitUntilSettled({ awayFrom: old })
    await Promise.all(writers.map((writer) => writer.stop()))
    expect(writers.flatMap(({ errors }) => errors)).toEqual([])
    for (const [at, { acknowledged }] of writers.entries()) {
      const list = await deployment.nodeAt(master).call(['LRANGE', `planned${at}`, '0', '-1']) as string[]
      expect(list.map(Number)).toEqual(acknowledged)
    }
  })

  it('lets a request that comes after a kill wait for the new master, and loses no later write', async () => {
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
  })
})
