import { describe, expect, it } from 'vitest'

import { startDeployment, type DeploymentOptions } from '../../../src/harness/index.ts'
import { limitFor } from '../../../src/harness/wait-limit.ts'
import { validateOptions } from '../../../src/harness/validate-options.ts'

/** As from JavaScript, where no compiler looks. */
const validate = (options: unknown): void => { validateOptions(options as DeploymentOptions) }

describe('options of a deployment', () => {
  it.each<[string, unknown, string]>([
    ['a quorum beyond the sentinels', { quorum: 9 }, 'quorum 9 of mymaster cannot be reached with 3 sentinels'],
    ['a quorum of one master', { masters: [{ name: 'a', quorum: 2 }], sentinels: 1 }, 'quorum 2 of a cannot be reached with 1 sentinel;'],
    ['a quorum of 0', { quorum: 0 }, 'quorum is a whole number from 1'],
    ['fewer than no replicas', { replicas: -1 }, 'replicas is a whole number from 0 to 1000, not -1'],
    ['half a replica', { replicas: 1.5 }, 'replicas is a whole number'],
    ['replicas as a text', { replicas: '2' }, 'replicas is a number of replicas or a list of their options, not "2"'],
    ['an unknown option', { replica: 2 }, 'the deployment has no "replica" (did you mean replicas?); it has masters, replicas'],
    ['an unknown option named as a part of every object', { constructor: 1 }, 'the deployment has no "constructor"'],
    ['an unknown option of a master', { masters: [{ name: 'a', downAfter: 5 }] }, 'masters[0] has no "downAfter"'],
    ['an unknown option of a replica', { replicas: [{ prio: 5 }] }, 'replicas[0] has no "prio"; it has priority'],
    ['an unknown program', { programs: { redis: 'x' } }, 'programs has no "redis"'],
    ['two masters of one name', { masters: [{ name: 'a' }, { name: 'a' }] }, 'masters[1].name is "a", as another master\'s'],
    ['no master', { masters: [] }, 'masters is empty'],
    ['a master without a name', { masters: [{}] }, 'masters[0].name is a name of letters'],
    ['a name that sentinel.conf does not take', { masters: [{ name: 'my master' }] }, 'not "my master"'],
    ['a name that the sentinels have', { masters: [{ name: 'sentinel' }, { name: 'b' }] }, 'cannot be sentinel'],
    ['a kind of sentinel that there is not', { sentinels: ['our'] }, 'sentinels[0] is ours, genuine, or a program'],
    ['a sentinel without a program', { sentinels: [{ config: [] }] }, 'sentinels[0] is ours, genuine, or a program'],
    ['a down-after of 0', { downAfterMs: 0 }, 'downAfterMs is a whole number from 1'],
    ['a down-after that is no number', { downAfterMs: Number.NaN }, 'downAfterMs is a whole number'],
    ['a network that there is not', { network: 'relay' }, 'network is direct or relayed, not "relay"'],
    ['a persistence that there is not', { persistence: true }, 'persistence is none, aof or rdb, not true'],
    ['lines that are one text', { redisConfig: 'appendonly yes' }, 'redisConfig is a list, not "appendonly yes"'],
    ['a password of two lines', { password: 'a\nb' }, 'password is a text of one line'],
    ['a user without a password', { user: 'a' }, 'user a needs a password'],
    ['a sentinel user without a password', { sentinelUser: 'a' }, 'sentinelUser a needs a sentinelPassword'],
    ['host names behind relays', { network: 'relayed', hostName: () => 'a' }, 'hostName is not possible together with'],
    ['a module that is not there', { modules: ['/nowhere/json.so'] }, 'modules[0]: there is no file /nowhere/json.so'],
    ['a module that is no path', { masters: [{ name: 'a', modules: [[]] }] }, 'masters[0].modules[0] is the path of a module'],
    ['lines of a master that are no list', { masters: [{ name: 'a', sentinelConfig: 'x' }] }, 'masters[0].sentinelConfig is a list'],
    ['named clients without relays', { clients: ['a'] }, "clients need network: 'relayed'"],
    ['two clients of one name', { clients: ['a', 'a'], network: 'relayed' }, 'clients[1] is "a", as another one'],
    ['a client named as all of them', { clients: ['client'], network: 'relayed' }, 'clients[0] cannot be client'],
    ['a client named as a node', { clients: ['redis-0'], network: 'relayed' }, 'clients[0] is "redis-0", as a process'],
    ['a text for yes', { tls: 'yes' }, 'tls is true or false, not "yes"'],
    ['a proxy without a sentinel', { sentinels: 0, proxy: true }, 'proxy needs a sentinel, which names the master'],
    ['a proxy with lines that are none', { proxy: { config: 'port 1' } }, 'proxy.config is a list'],
    ['a folder for a prefix', { folderPrefix: '../a' }, 'folderPrefix is the start of a name'],
    ['a list for the whole', [], 'the deployment is an object, not []'],
  ])('%s is refused in plain words', (_what, options, message) => {
    expect(() => { validate(options) }).toThrow(message)
  })

  it('all problems are named together, and nothing is started', async () => {
    const options = { replicas: -1, quorum: 0 }
    await expect(startDeployment(options)).rejects.toThrow(/^replicas is .*\nquorum is /)
  })

  it('what makes sense is accepted, whatever names it has', () => {
    validate({})
    validate({ replicas: 0, sentinels: 0, formed: false })
    validate({ masters: [{ name: 'constructor' }, { name: '__proto__', replicas: [{ priority: 0 }, {}] }], quorum: 3, password: undefined })
    validate({ sentinels: ['ours', { program: 'genuine', config: ['# x'] }, { name: 'valkey', command: () => ({ file: 'x', args: [] }) }] })
    // A test of what an unreachable quorum leads to does not wait for the sentinels.
    validate({ quorum: 9, formed: false })
  })
})

describe('the limit of a test', () => {
  it('ends the waits inside before the test, and leaves short ones alone', () => {
    const limit = limitFor(60_000)
    expect(limit.clip(1_000)).toBe(1_000)
    expect(limit.clip(60_000)).toBeLessThanOrEqual(58_000)
    expect(limit.clip(60_000)).toBeGreaterThan(50_000)
    expect(limitFor(0).clip(60_000)).toBe(60_000)
    expect(limitFor(Infinity).clip(60_000)).toBe(60_000)
  })
})
