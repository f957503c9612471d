import { readFileSync } from 'node:fs'
import { connect } from 'node:tls'

import { describe, expect, it } from 'vitest'

import {
  CommandConnection, eventually, expireCertificate, fullResync, killAll, killMaster, messageOf, notYet, outage,
  pauseMaster, pointReplicaTo, rotatePassword, seed, stopAll, vanish, withDeployment, type Deployment,
  type NodeProcess, type RedisProcess,
} from '../../src/harness/index.ts'

describe('faults of processes', () => {
  it('end with their block, and all nodes work again', async () => {
    await withDeployment({ replicas: 1, sentinels: 1, downAfterMs: 20_000, persistence: 'aof' }, async (deployment) => {
      const node = deployment.node(0)
      const { timeline } = deployment
      await node.call(['SET', 'kept', 'yes'])
      {
        await using fault = await killAll(deployment, { sentinels: true })
        expect([...deployment.nodes, ...deployment.sentinels].filter(({ running }) => running)).toEqual([])
        expect(timeline.first({ after: fault.position, event: 'fault: kill all nodes and sentinels' })?.at).toBe(fault.at)
      }
      expect(await answer(node, ['GET', 'kept'])).toBe('yes')
      const stopped = await stopAll(deployment)
      await stopped.end()
      await stopped.end()
      expect(await answer(node, ['GET', 'kept'])).toBe('yes')
      expect(timeline.all({ event: 'end of fault: stop all nodes' })).toHaveLength(1)
      const short = await outage(deployment, 100)
      expect(deployment.nodes.filter(({ running }) => running)).toEqual([])
      await short.over
      expect(await answer(node, ['GET', 'kept'])).toBe('yes')
      await (await outage(deployment, 1_000_000)).end()
      expect(await answer(node, ['GET', 'kept'])).toBe('yes')
      await deployment.waitUntilFormed()
      const paused = await pauseMaster(deployment)
      await paused.end()
      await (await killMaster(deployment)).end()
      expect(await answer(node, ['GET', 'kept'])).toBe('yes')
    })
  })

  it('do not start a process of a deployment that was stopped', async () => {
    await withDeployment({ replicas: 0, sentinels: 1 }, async (deployment) => {
      const fault = await killAll(deployment)
      await deployment.stop()
      await fault.end()
      expect(deployment.node(0).running).toBe(false)
    })
  })
})

describe('faults of the data', () => {
  it('seed fills master and replicas, a full synchronisation is one, and a wrong master is corrected', async () => {
    await withDeployment({ replicas: 1, sentinels: 1 }, async (deployment) => {
      const [master, replica] = [deployment.node(0), deployment.node(1)]
      const seeded = await seed(deployment, { keys: 20_000, bytes: 4_000_000 })
      expect(await replica.call(['DBSIZE'])).toBe(20_000)
      expect(await replica.call(['STRLEN', 'seed:20000'])).toBe(200)
      const syncs = async () => Number((await master.info('stats'))['sync_full'])
      const before = await syncs()
      const resync = await fullResync(deployment, replica)
      await resync.end()
      expect(await syncs()).toBe(before + 1)
      expect((await replica.replication()).linkUp).toBe(true)
      await seeded.end()
      expect(await replica.call(['DBSIZE'])).toBe(0)
      await expect(fullResync(deployment, master)).rejects.toThrow('redis-0 is a master')
      const wrong = await pointReplicaTo(deployment, replica, { host: '127.0.0.1', port: 1 })
      await wrong.end()
      expect((await replica.replication()).master).toEqual(master.address)
    })
  })
})

describe('a new password', () => {
  it.each([{}, { user: 'app' }])('is in memory and files, also of a stopped node, and the old one returns: %o', async (login) => {
    await withDeployment({ ...login, password: 'first', replicas: 1, sentinels: 2, downAfterMs: 10_000 }, async (deployment) => {
      const [master, replica] = [deployment.node(0), deployment.node(1)]
      const client = clientOf(deployment, 'first', login)
      expect(await client.call(['PING'])).toBe('PONG')
      await replica.stop()
      {
        await using fault = await rotatePassword(deployment, 'second')
        expect(fault.position).toBeGreaterThan(0)
        expect(messageOf(await client.call(['PING']).catch((error: unknown) => error))).toMatch(/WRONGPASS|Connection is closed/)
        await replica.start()
        await synced(replica)
        for (const node of deployment.nodes) expect(readFileSync(node.configFile, 'utf8')).not.toContain('first')
        expect(await (clientOf(deployment, 'second', login)).call(['PING'])).toBe('PONG')
        const writer = await deployment.startWriter()
        await writer.nextAcknowledged()
        await writer.stop()
        for (const sentinel of deployment.sentinels) expect(sentinel.configText()).toContain('second')
      }
      expect(await (clientOf(deployment, 'first', login)).call(['PING'])).toBe('PONG')
      await master.restart()
      await synced(replica)
      await deployment.waitUntilFormed()
    })
  })
})

describe('a certificate', () => {
  it('expires on every kind of process, and is valid again at the end', async () => {
    await withDeployment({ tls: true, replicas: 0, sentinels: ['ours', 'genuine'], downAfterMs: 20_000 }, async (deployment) => {
      for (const process of [deployment.node(0), ...deployment.sentinels]) {
        expect(await handshake(deployment, process)).toBe('connected')
        const fault = await expireCertificate(deployment, process)
        expect(await handshake(deployment, process)).toBe('CERT_HAS_EXPIRED')
        expect(await process.call(['PING'])).toBe('PONG')
        await fault.end()
        expect(await handshake(deployment, process)).toBe('connected')
      }
      await using fault = await expireCertificate(deployment, deployment.node(0), { seconds: 2 })
      expect(fault.at).toBeGreaterThan(0)
      await eventually('the certificate to expire', async () => {
        const result = await handshake(deployment, deployment.node(0))
        if (result !== 'CERT_HAS_EXPIRED') throw notYet(result)
      })
    })
  })
})

describe('a host that vanishes', () => {
  it('leaves connections half-open, and is back after the fault', async () => {
    await withDeployment({ network: 'relayed', replicas: 0, sentinels: 1, downAfterMs: 20_000 }, async (deployment) => {
      const node = deployment.node(0)
      const client = new CommandConnection(node.address)
      expect(await client.call(['PING'])).toBe('PONG')
      const fault = await vanish(deployment, node, { connects: 'refused' })
      await expect(client.call(['PING'], 300)).rejects.toThrow('waited 300 ms')
      await expect(new CommandConnection(node.address).call(['PING'])).rejects.toThrow()
      await fault.end()
      expect(await new CommandConnection(node.address).call(['PING'])).toBe('PONG')
    })
  })
})

function answer(node: NodeProcess, command: [string, ...string[]]) {
  return eventually(`the reply to ${command.join(' ')}`, () => node.call(command))
}

function clientOf(
  deployment: Deployment, password: string, { user }: { readonly user?: string },
): CommandConnection {
  const { address } = deployment.node(0)
  return new CommandConnection({ ...address, password, ...(user !== undefined && { username: user }) })
}

async function synced(replica: RedisProcess): Promise<void> {
  await eventually(`${replica.name} to be in sync`, async () => {
    if (!(await replica.replication()).linkUp) throw notYet('its link is down')
  })
}

/** The result of a TLS handshake of a client that verifies. */
function handshake({ tls }: Deployment, { address: { host, port } }: NodeProcess): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, ca: tls?.ca, cert: tls?.cert, key: tls?.key })
    socket.once('secureConnect', () => {
      socket.destroy()
      resolve('connected')
    })
    socket.once('error', (error: Error & { readonly code?: string }) => { resolve(error.code ?? error.message) })
  })
}
