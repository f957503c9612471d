/** Hostile clients of a proxy in route mode harm no others. Thousands of them, with figures: npm run proxy-hostile. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startDeployment, Workspace, type Deployment } from '../../src/harness/index.ts'
import { ATTACKS, BIG_BYTES, GoodClient, MemoryWatch, type Target } from '../drills/hostile-clients.ts'
import { ProxyProcess } from './proxy-process.ts'

/** What one of these may cost: twice what the proxy holds for a client, and what the collection of garbage leaves. */
const GROWTH_MIB_MAX = 250

describe('a proxy in route mode', () => {
  let workspace: Workspace
  let deployment: Deployment
  let target: Target

  beforeAll(async () => {
    workspace = new Workspace('proxy-route-hostile')
    deployment = await startDeployment({ sentinels: 1, replicas: 0 })
    const proxy = await ProxyProcess.start(workspace, deployment, ['mode route', 'client-auth secret'])
    await deployment.node(0).call(['SET', 'big', 'x'.repeat(BIG_BYTES)])
    target = { proxy, password: 'secret', clients: 20 }
  })

  afterAll(async () => {
    await target.proxy.stop()
    await deployment.stop()
    await workspace.remove()
  })

  it.each(ATTACKS.map((attack) => [attack.name, attack] as const))('serves another client and holds a bounded amount of memory at %s', async (_name, attack) => {
    const good = new GoodClient(target)
    const memory = new MemoryWatch(target)
    await attack.run(target)
    await good.stop()
    memory.stop()
    expect(good.errors).toEqual([])
    expect(memory.mostMib - memory.beforeMib).toBeLessThan(GROWTH_MIB_MAX)
  })
})
