/** A proxy when sentinels are lost, and when a replaced master is still there and accepts writes. */
import { describe, expect, it } from 'vitest'

import { eventually, isolateMaster, notYet, Workspace } from '../../src/harness/index.ts'
import { PlainWriter, ProxyProcess, withProxy } from './proxy-process.ts'

describe('a proxy', () => {
  it('cuts clients off from a master that was replaced while it was cut off from the sentinels, so that no later write is lost', async () => {
    await withProxy({ network: 'relayed', replicas: 1 }, [], async (deployment, proxy) => {
      const writer = new PlainWriter(proxy.port)
      await writer.writesSince(0)
      const fault = await isolateMaster(deployment)
      const promoted = deployment.node(1)
      const { at } = await proxy.leaves(fault.node.address)
      await writer.writesSince(at)
      // The old master works all the time: what it acknowledged after the fault and before the switch is lost, as
      // documented.
      expect(fault.node.running).toBe(true)
      writer.stop()
      expect(await writer.problemsSince(at, promoted)).toEqual([])
      expect(await proxy.metric('ts_sentinel_proxy_cut_connections_total{reason="master-changed"}')).toBeGreaterThan(0)
    })
  })

  it('keeps open connections and refuses new ones without a majority of the sentinels, and serves again with it', async () => {
    await withProxy({ replicas: 1 }, ['wait-for-master 300'], async (deployment, proxy) => {
      const old = proxy.client()
      expect(await old.call(['SET', 'a', '1'])).toBe('OK')
      const reader = proxy.client(proxy.readPort)
      expect(await eventually('a replica', () => reader.call(['ROLE']))).toEqual(expect.arrayContaining(['slave']))
      expect((await proxy.http('/readyz')).status).toBe(200)

      await Promise.all([deployment.sentinel(0).kill(), deployment.sentinel(1).kill()])
      await eventually('refusals', async () => {
        const client = proxy.client()
        try {
          throw notYet(String(await client.call(['PING'])))
        } catch (error) {
          if (!String(error).includes('too few sentinels')) throw error
        } finally {
          client.close()
        }
      }, { timeoutMs: 20_000, everyMs: 50 })
      expect(await proxy.http('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('1 of 3 sentinels answer') as string })
      expect(await old.call(['SET', 'a', '2'])).toBe('OK')

      await deployment.sentinel(2).kill()
      await proxy.logged(`Sentinel 127.0.0.1:${deployment.sentinel(2).address.port} does not answer`)
      expect(await old.call(['SET', 'a', '3'])).toBe('OK')
      expect(await reader.call(['PING'])).toBe('PONG')

      await Promise.all([deployment.sentinel(0).start(), deployment.sentinel(1).start()])
      await eventually('a client', async () => {
        const client = proxy.client()
        try {
          expect(await client.call(['GET', 'a'])).toBe('3')
        } finally {
          client.close()
        }
      }, { timeoutMs: 20_000, everyMs: 50 })
      expect(await old.call(['PING'])).toBe('PONG')
      old.close()
      reader.close()
    })
  })

  it('logs the reason when the sentinels refuse its password, and passes on what a node answers to a wrong one', async () => {
    await withProxy(
      { sentinels: 1, replicas: 0, password: 'node secret', sentinelPassword: 'sentinel secret' },
      ['sentinel-auth wrong', 'wait-for-master 100', 'minority serve'],
      async (deployment, proxy) => {
        await proxy.logged('Correct sentinel-auth and sentinel-user.')
        const client = proxy.client()
        await expect(client.call(['PING'])).rejects.toThrow("no master for 'mymaster'")
        client.close()
        const workspace = new Workspace('proxy-password')
        const right = await ProxyProcess.start(workspace, deployment, ['sentinel-auth "sentinel secret"'])
        const user = right.client()
        await expect(user.call(['AUTH', 'wrong'])).rejects.toThrow('WRONGPASS')
        expect(await user.call(['AUTH', 'node secret'])).toBe('OK')
        user.close()
        await right.stop()
        await workspace.remove()
      },
    )
  })
})
