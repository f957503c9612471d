/** Client libraries without Sentinel options write again through a proxy. All of them: npm run proxy-clients. */
import { join } from 'node:path'
import { expect, it } from 'vitest'

import { withDeployment, Workspace } from '../../src/harness/index.ts'
import { IOREDIS } from '../drills/plain-clients/library-clients.ts'
import { programClients } from '../drills/plain-clients/program-clients.ts'
import { KILL, runChange } from '../drills/proxied-fault.ts'
import { ProxyProcess } from './proxy-process.ts'

it('ioredis and redis-py, which know only the proxy, write again after the master was killed, and lose no later write', async () => {
  const redisPy = programClients(join(import.meta.dirname, '../drills/plain-clients')).filter(({ name }) => name === 'redis-py')
  const workspace = new Workspace('proxy-plain-clients')
  await withDeployment({ replicas: 1 }, async (deployment) => {
    const proxy = await ProxyProcess.start(workspace, deployment)
    const { clients } = await runChange(deployment, proxy, [IOREDIS, ...redisPy], KILL, 1)
    expect(clients.map(({ client, lostAfter, readonlyAfter }) => [client.name, lostAfter, readonlyAfter])).toEqual([['ioredis', 0, 0], ['redis-py', 0, 0]])
    await proxy.stop()
  })
  await workspace.remove()
})
