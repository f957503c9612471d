/** Route mode whose clients log in to the nodes with their own users, over connections of their own. */
import { createClient } from 'redis'
import { expect, it } from 'vitest'

import { killMaster, messageOf } from '../../src/harness/index.ts'
import { withProxy } from './proxy-process.ts'

const OPTIONS = { sentinels: 1, replicas: 1, password: 'node secret', downAfterMs: 500 }
const LINES = ['mode route', 'auth "node secret"', 'auth passthrough', 'wait-for-master 20000']
const APP = ['ACL', 'SETUSER', 'app', 'on', '>app sécret', '~app:*', '&*', '+@all'] as const

it('the nodes check the logins of clients, which keep them through a failover', async () => {
  await withProxy(OPTIONS, LINES, async (deployment, proxy) => {
    for (const node of deployment.nodes) await node.call(APP)
    const [one, stranger] = [proxy.client(), proxy.client()]
    await expect(stranger.call(['GET', 'app:a'])).rejects.toThrow('NOAUTH')
    await expect(stranger.call(['AUTH', 'app', 'wrong'])).rejects.toThrow('WRONGPASS')
    await expect(stranger.call(['SELECT', '0'])).rejects.toThrow('NOAUTH')

    expect(await one.call(['AUTH', 'app', 'app sécret'])).toBe('OK')
    expect(await one.call(['CLIENT', 'SETNAME', 'worker'])).toBe('OK')
    expect(await one.call(['SET', 'app:a', '1'])).toBe('OK')
    await expect(one.call(['GET', 'other'])).rejects.toThrow('NOPERM')
    await expect(one.call(['AUTH', 'app', 'wrong'])).rejects.toThrow('WRONGPASS')
    expect(await one.call(['ACL', 'WHOAMI'])).toBe('app')
    expect(await one.call(['SELECT', '2'])).toBe('OK')
    expect(await one.call(['MULTI'])).toBe('OK')
    expect(await one.call(['GET', 'app:a'])).toBe('QUEUED')
    expect(await one.call(['EXEC'])).toEqual([null])

    const redis = createClient({ url: `redis://127.0.0.1:${proxy.port}`, username: 'app', password: 'app sécret', RESP: 3 })
    const errors: string[] = []
    redis.on('error', (error) => { errors.push(messageOf(error)) })
    await redis.connect()
    expect(await redis.get('app:a')).toBe('1')

    await deployment.node(0).call(['WAIT', '1', '5000'])
    await killMaster(deployment)
    await proxy.leaves(deployment.node(0).address)
    expect(await one.call(['ACL', 'WHOAMI'], 20_000)).toBe('app')
    expect(await one.call(['CLIENT', 'INFO'])).toMatch(/ name=worker .* db=2 .* user=app /)
    expect(await redis.get('app:a')).toBe('1')
    expect(errors).toEqual([])
    await expect(stranger.call(['GET', 'app:a'])).rejects.toThrow('NOAUTH')

    expect(await one.call(['RESET'])).toBe('RESET')
    await expect(one.call(['GET', 'app:a'])).rejects.toThrow('NOAUTH')
    redis.destroy()
    one.close()
    stranger.close()
  })
})

it('clients whose password has changed are disconnected at a failover, and others go on', async () => {
  await withProxy(OPTIONS, LINES, async (deployment, proxy) => {
    for (const node of deployment.nodes) await node.call(APP)
    const [former, other] = [proxy.client(), proxy.client()]
    expect(await former.call(['AUTH', 'app', 'app sécret'])).toBe('OK')
    expect(await other.call(['AUTH', 'node secret'])).toBe('OK')
    for (const node of deployment.nodes) await node.call(['ACL', 'SETUSER', 'app', 'resetpass', '>another'])
    expect(await former.call(['GET', 'app:a'])).toBeNull()
    await killMaster(deployment)
    await proxy.leaves(deployment.node(0).address)
    await expect(former.call(['GET', 'app:a'], 20_000)).rejects.toThrow(/closed|reset/i)
    expect(await other.call(['GET', 'app:a'], 20_000)).toBeNull()
    await expect(former.call(['AUTH', 'app', 'app sécret'])).rejects.toThrow('WRONGPASS')
    former.close()
    other.close()
  })
})
