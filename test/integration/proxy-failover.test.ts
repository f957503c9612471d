/** Plain clients go on through a proxy when the master changes, with sentinels of both kinds. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  eventually, formatAddress, killMaster, notYet, orderFailover, pauseMaster, startDeployment, Workspace,
  type Address, type Deployment, type SentinelKind,
} from '../../src/harness/index.ts'
import { PlainWriter, ProxyProcess } from './proxy-process.ts'

/**
 * The part of an outage that is not detection: election, the switch, and a loaded machine. The bench has the figures.
 */
const SWITCH_MS_MAX = 5_000

interface Stage {
  readonly deployment: Deployment
  readonly proxy: ProxyProcess
  readonly writer: PlainWriter
  end(): Promise<void>
}

async function stage(kind: SentinelKind): Promise<Stage> {
  const workspace = new Workspace('proxy-failover')
  const deployment = await startDeployment({ sentinels: [kind, kind, kind] })
  const proxy = await ProxyProcess.start(workspace, deployment)
  const writer = new PlainWriter(proxy.port)
  const end = async (): Promise<void> => {
    writer.stop()
    await proxy.stop()
    await deployment.stop()
    await workspace.remove()
  }
  await writer.writesSince(0)
  return { deployment, proxy, writer, end }
}

/** No write on a connection that was made after this time is missing on the new master, and none failed. */
async function expectNoneLost({ deployment, writer }: Stage, master: Address, at: number): Promise<void> {
  expect(await writer.problemsSince(at, deployment.nodeAt(master))).toEqual([])
}

describe('a proxy that follows our sentinels', () => {
  let staged: Stage
  beforeAll(async () => { staged = await stage('ours') })
  afterAll(async () => { await staged.end() })

  it('leads a client to the new master after a planned failover, and closes an idle connection to the old one', async () => {
    const { deployment, proxy, writer } = staged
    const old = (await deployment.currentMaster()).address
    // A client that sends nothing would not notice a replaced master.
    const idle = connect({ host: '127.0.0.1', port: proxy.port }).resume()
    const end = once(idle, 'close')
    await eventually('two connections', async () => {
      const open = await proxy.metric(`ts_sentinel_proxy_upstreams{node="${formatAddress(old)}",role="master"}`)
      if (open !== 2) throw notYet(String(open))
    })
    await orderFailover(deployment)
    const { master, at } = await proxy.leaves(old)
    await end
    await writer.writesSince(at)
    await expectNoneLost(staged, master, at)
    await deployment.waitUntilSettled({ awayFrom: old })
  })

  it('leads a client to the new master after the old one was killed, and stays there when the old one is back', async () => {
    const { deployment, proxy, writer } = staged
    const fault = await killMaster(deployment)
    const { master, at } = await proxy.leaves(fault.node.address)
    await writer.writesSince(at)
    expect(writer.outageMs).toBeLessThan(deployment.group.plan.downAfterMs + SWITCH_MS_MAX)
    await fault.node.start()
    await deployment.waitUntilSettled({ awayFrom: fault.node.address })
    await writer.writesAgain()
    await expectNoneLost(staged, master, at)
  })

  it('has no write acknowledged by a master that was paused, replaced and resumed', async () => {
    const { deployment, proxy, writer } = staged
    const fault = await pauseMaster(deployment)
    const { master, at } = await proxy.leaves(fault.node.address)
    fault.node.process.resume()
    await deployment.waitUntilSettled({ awayFrom: fault.node.address })
    await writer.writesAgain()
    await expectNoneLost(staged, master, at)
    expect(await proxy.metric('ts_sentinel_proxy_switches_total')).toBe(3)
  })
})

describe('a proxy that follows genuine sentinels', () => {
  it('leads a client to the new master after the old one was killed, and stays there when the old one is back', async () => {
    const staged = await stage('genuine')
    try {
      const { deployment, proxy, writer } = staged
      const fault = await killMaster(deployment)
      const { master, at } = await proxy.leaves(fault.node.address)
      await writer.writesSince(at)
      await fault.node.start()
      await writer.writesAgain()
      await expectNoneLost(staged, master, at)
      const reader = proxy.client(proxy.readPort)
      expect(await reader.call(['ROLE'])).toEqual(expect.arrayContaining(['slave']))
      reader.close()
    } finally {
      await staged.end()
    }
  })
})
