/** The modelled Redis against the real one: the same INFO, the same transaction, the same replication. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, formatAddress, notYet, startDeployment, type Deployment, type RedisProcess } from '../../../src/harness/index.ts'
import { Cluster } from '../../simulator/index.ts'
import { connectTo } from './sim-client.ts'

/** The text between a section's title and the next one, as [field, value]. */
function section(text: string, title: string): [string, string][] {
  const part = text.split(`# ${title}\r\n`)[1]?.split(/\r\n(?:# |$)/)[0] ?? ''
  return part.split('\r\n').filter((line) => line.includes(':')).map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1)]
  })
}

const fields = (text: string, title: string) => section(text, title).map(([field]) => field)

/** Values that must be equal in both worlds. */
const COMPARED = new Set([
  'role', 'connected_slaves', 'master_link_status', 'master_sync_in_progress', 'master_last_io_seconds_ago',
  'master_link_down_since_seconds', 'slave_priority', 'replica_announced', 'master_failover_state',
])
const compared = (text: string) => section(text, 'Replication').filter(([field]) => COMPARED.has(field))

describe('the modelled Redis', () => {
  let deployment: Deployment
  let real: { master: RedisProcess, r1: RedisProcess, r2: RedisProcess }
  let cluster: Cluster

  beforeAll(async () => {
    deployment = await startDeployment({ replicas: 2, sentinels: 0, formed: false, redisConfig: ['repl-diskless-sync-delay 0'] })
    const [master, r1, r2] = deployment.groups[0]?.nodes ?? []
    if (master === undefined || r1 === undefined || r2 === undefined) throw new Error('three nodes were asked for')
    real = { master, r1, r2 }
    // A replica says "up" before its master has had the first word of it: both sides must agree.
    await eventually('replicas in sync', async () => {
      for (const replica of [r1, r2]) if (!(await replica.replication()).linkUp) throw notYet('not in sync')
      const seen = section(String(await master.call(['INFO'])), 'Replication').filter(([, value]) => value.includes('state=online'))
      if (seen.length < 2) throw notYet(`the master has ${seen.length} of its replicas online`)
    }, { timeoutMs: 20_000 })
    cluster = new Cluster({ seed: 1, sentinels: 0, groups: [{ nodes: { fullSyncMs: 100 } }] })
    await cluster.runFor(2000)
  })

  afterAll(async () => { await deployment.stop() })

  const realInfo = async (node: RedisProcess) => String(await node.call(['INFO']))
  const modelInfo = async (node: string) => {
    const reply = await connectTo(cluster, node).call('INFO')
    return reply.kind === 'bulk' ? reply.text : ''
  }

  it('prints INFO of a master with the same fields in the same order', async () => {
    const [one, other] = [await modelInfo('m'), await realInfo(real.master)]
    expect(fields(one, 'Server')).toEqual(fields(other, 'Server'))
    expect(fields(one, 'Replication')).toEqual(fields(other, 'Replication'))
    expect(compared(one)).toEqual(compared(other))
  })

  it('prints lines of replicas in the same form', async () => {
    const form = (text: string) => section(text, 'Replication')
      .filter(([field]) => /^slave\d/.test(field))
      .map(([field, value]) => [field, value.replaceAll(/[\d.]+/g, '#')])
    expect(form(await modelInfo('m'))).toEqual(form(await realInfo(real.master)))
  })

  it('prints INFO of a replica with the same fields in the same order', async () => {
    const [one, other] = [await modelInfo('r1'), await realInfo(real.r1)]
    expect(fields(one, 'Replication')).toEqual(fields(other, 'Replication'))
    expect(compared(one).filter(([field]) => field !== 'master_last_io_seconds_ago'))
      .toEqual(compared(other).filter(([field]) => field !== 'master_last_io_seconds_ago'))
  })

  it('prints INFO of a replica whose master died', async () => {
    cluster.node('m').kill()
    await real.master.kill()
    await cluster.runFor(1500)
    const other = await eventually('the link to be down', async () => {
      const text = await realInfo(real.r1)
      if (!text.includes('master_link_down_since_seconds:1')) throw notYet('not yet down for a second')
      return text
    }, { timeoutMs: 10_000 })
    const one = await modelInfo('r1')
    expect(fields(one, 'Replication')).toEqual(fields(other, 'Replication'))
    expect(compared(one)).toEqual(compared(other))
  })

  it('answers the transaction of a promotion as the real one does', async () => {
    const shape = (reply: unknown) => JSON.stringify(reply)
    const client = connectTo(cluster, 'r1')
    for (const argv of [['MULTI'], ['SLAVEOF', 'NO', 'ONE'], ['CONFIG', 'REWRITE'], ['CLIENT', 'KILL', 'TYPE', 'normal'], ['CLIENT', 'KILL', 'TYPE', 'pubsub']] as const) {
      const reply = await client.call(...argv)
      expect(reply).toEqual({ kind: 'status', text: argv[0] === 'MULTI' ? 'OK' : 'QUEUED' })
      expect(shape(await real.r1.call([...argv]))).toBe(shape(argv[0] === 'MULTI' ? 'OK' : 'QUEUED'))
    }
    const one = await client.call('EXEC')
    const other = await real.r1.call(['EXEC'])
    expect(one).toMatchObject({ kind: 'array', items: [{ text: 'OK' }, { text: 'OK' }, { kind: 'integer' }, { kind: 'integer' }] })
    expect(other).toEqual(['OK', 'OK', expect.any(Number), expect.any(Number)])
    expect(fields(await modelInfo('r1'), 'Replication')).toEqual(fields(await realInfo(real.r1), 'Replication'))
    expect(section(await modelInfo('r1'), 'Replication').find(([field]) => field === 'second_repl_offset')?.[1]).not.toBe('-1')
  })

  it('lets the other replica follow the promoted one without a full copy', async () => {
    cluster.node('r2').replicaOf(cluster.node('r1').ip, '6379')
    const { address } = real.r1
    await real.r2.call(['SLAVEOF', address.host, String(address.port)])
    await cluster.runFor(1000)
    await eventually('the real one to follow', async () => {
      if (!(await real.r2.replication()).linkUp) throw notYet(formatAddress(address))
    }, { timeoutMs: 10_000 })
    expect((await real.r1.info('stats'))['sync_full']).toBe('0')
    expect(cluster.node('r2').replication.isLinkUp).toBe(true)
    expect(cluster.trace.text()).not.toContain('full copy')
    expect(compared(await modelInfo('r2')).find(([field]) => field === 'master_link_status')).toEqual(['master_link_status', 'up'])
  })

  it('refuses what the real one refuses, in the same words', async () => {
    const words = async (node: RedisProcess, command: readonly [string, ...string[]]) => {
      try {
        return String(await node.call(command))
      } catch (error) {
        return error instanceof Error ? error.message : ''
      }
    }
    const client = connectTo(cluster, 'r2')
    for (const command of [['SET', 'x', '1'], ['SCRIPT', 'KILL'], ['EXEC'], ['AUTH', 'x'], ['NOTHING', 'a']] as const) {
      const reply = await client.call(...command)
      expect(reply.kind === 'error' ? reply.text : reply).toBe(await words(real.r2, command))
    }
  })

  it('leaves MULTI when EXEC itself is refused, as by a script that blocks the server', async () => {
    const busy = new Cluster({ seed: 2, sentinels: 0 })
    await busy.runFor(1000)
    const client = connectTo(busy, 'm')
    busy.node('m').busyWith = 'script'
    await client.call('MULTI')
    await client.call('SLAVEOF', 'NO', 'ONE')
    const refused = await client.call('EXEC')
    expect(refused).toMatchObject({ kind: 'error' })
    expect(refused.kind === 'error' ? refused.text : '').toMatch(/^EXECABORT Transaction discarded because of: BUSY /)
    busy.node('m').busyWith = undefined
    expect(await client.call('PING')).toEqual({ kind: 'status', text: 'PONG' })
  })
})
