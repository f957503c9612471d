import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, it } from 'vitest'

import { runDrill } from '../../src/cli/drill/run-drill.ts'
import type { DrillWorld } from '../../src/cli/drill/drill-world.ts'
import { formatAddress, withDeployment, type Address, type Deployment } from '../../src/harness/index.ts'
import { readDocument } from '../documents/read-document.ts'

const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-drill-test-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

interface Ran {
  readonly status: number
  readonly printed: string
  readonly errors: string
}

async function drill(args: readonly string[], world: Partial<DrillWorld> = {}): Promise<Ran> {
  let printed = ''
  let errors = ''
  const status = await runDrill(args, {
    print: (text) => { printed += text },
    printError: (text) => { errors += text },
    environment: {},
    ask: undefined,
    ...world,
  })
  return { status, printed, errors }
}

// Issue 6, point 2: trying a failover is one command, and its account can be kept.
describe('drill', () => {
  it('prints the outage of a lost master, and writes a report', async () => {
    // What no replica had yet may be lost: replication is asynchronous.
    const { status, printed, errors } = await drill(['--scenario', 'kill-master', '--max-lost', '1000', '--report', folder])
    expect(errors).toMatch(/^kill-master …\nkill-master: ended after \d+\.\d s\n$/)
    expect(printed).toMatch(/^kill-master +passed +\d+ ms +\d+ ms +\d+ +\d+ ms +\d+ +\d+ +\d+ +\d+ +yes +\d+\.\d s$/m)
    expect(printed).toMatch(/^ts-sentinel \S+, Node \d\S+, (?:redis|valkey)-server \d\S+\ndown-after-milliseconds 1000, failover-timeout \d+, quorum 2, 3 sentinels, 2 replicas$/m)
    expect(status).toBe(0)
    const { results } = readDocument('drill', readFileSync(join(folder, 'drill.json'), 'utf8'))
    expect(results[0]).toMatchObject({ scenario: 'kill-master', verdict: 'passed', sentinels: 'ours, ours, ours' })
    expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain('<testcase classname="ts-sentinel.drill" name="kill-master"')
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('>sentinel-2</text>')
  }, 120_000)

  it('ends with 1 when a partition loses acknowledged writes, and with 0 where the limit allows them', async () => {
    const lossy = join(folder, 'lossy')
    const { status, printed } = await drill(['--scenario', 'partition', '--report', lossy])
    expect(printed).toMatch(/^partition +failed/m)
    expect(printed).toMatch(/^partition: \d+ acknowledged writes are lost, and --max-lost is 0/m)
    expect(status).toBe(1)
    const { results } = readDocument('drill', readFileSync(join(lossy, 'drill.json'), 'utf8'))
    expect(results[0]?.verdict).toBe('failed')
    expect(readFileSync(join(lossy, 'junit.xml'), 'utf8')).toContain('failures="1"')
    expect(readFileSync(join(lossy, 'index.html'), 'utf8')).toMatch(/class="lost-writes".*acknowledged writes lost/)
    const allowed = await drill(['--scenario', 'partition', '--max-lost', '100000'])
    expect(allowed.printed).toMatch(/^partition +passed/m)
    expect(allowed.status).toBe(0)
  }, 120_000)

  it('ends with 1 when a scenario fails', async () => {
    // No sentinel sees the master down within the time.
    const args = ['--scenario', 'kill-master', '--down-after', '60000', '--limit', '2']
    const { status, printed } = await drill(args)
    expect(printed).toMatch(/^kill-master +failed/m)
    expect(printed).toContain('kill-master: waited 2000 ms for mymaster to settle')
    expect(status).toBe(1)
  }, 60_000)

  it('runs a command as the application, whose status counts', async () => {
    // It connects before the fault, sees the new master, and goes on until it gets SIGTERM.
    const out = join(folder, 'seen')
    const app = `
      const { Redis } = require('ioredis')
      const sentinels = process.env.SENTINELS.split(',').map((one) => ({ host: one.split(':')[0], port: one.split(':')[1] }))
      const redis = new Redis({ sentinels, name: process.env.REDIS_MASTER_NAME })
      redis.on('ready', () => { require('fs').appendFileSync('${out}', redis.stream.remotePort + '\\n') })
      process.on('SIGTERM', () => process.exit(0))`
    const command = `node -e "${app}"`
    const good = await drill(['--scenario', 'kill-master', '--max-lost', '1000', '--exec', command, '--exec-wait', '1'])
    expect(good.printed).toMatch(/^kill-master +passed/m)
    expect(good.status).toBe(0)
    expect(new Set(readFileSync(out, 'utf8').trim().split('\n')).size).toBe(2)
    const bad = await drill(['--scenario', 'kill-master', '--exec', 'exit 3'])
    expect(bad.printed).toMatch(/^kill-master: the command ended with status 3$/m)
    expect(bad.status).toBe(1)
  }, 120_000)

  it('writes through a proxy with --proxy, and gives its address to the command', async () => {
    const command = 'exec redis-cli -u "$REDIS_PROXY_URL" -r -1 -i 0.1 PING > /dev/null'
    const { status, printed } = await drill([
      '--scenario', 'kill-master', '--proxy-config', 'mode route', '--max-lost', '1000', '--exec', command, '--exec-wait', '1',
    ])
    expect(printed).toMatch(/^clients without Sentinel support, through a proxy in mode route$/m)
    expect(printed).toMatch(/^kill-master +passed/m)
    expect(status).toBe(0)
  }, 60_000)

  it('ends with 2 and names what to install when there is no redis-server', async () => {
    const { status, errors } = await drill(['--scenario', 'kill-master', '--redis-server', '/nowhere/redis-server'])
    expect(errors).toContain('--redis-server /nowhere/redis-server is not a program.')
    expect(errors).toContain('Install one')
    expect(errors).toContain('give its path with --redis-server')
    expect(status).toBe(2)
  })

  it('lists the scenarios, prints its help, and ends with 2 at an unknown option', async () => {
    expect((await drill(['--list'])).printed).toMatch(/^reset-then-master-loss +SENTINEL RESET/m)
    expect((await drill(['--help'])).printed).toContain('--yes-fail-over-<name>')
    const wrong = await drill(['--nonsense'])
    expect(wrong.errors).toContain('Try: ts-sentinel drill --help')
    expect(wrong.status).toBe(2)
  })
})

describe('drill --target', () => {
  it('fails over an existing fleet with passwords, and removes the keys that it wrote', async () => {
    const options = { password: 'for nodes', sentinelPassword: 'for sentinels', sentinels: ['ours', 'ours', 'genuine'] } as const
    await withDeployment(options, async (deployment) => {
      const old = await deployment.currentMaster()
      const environment = { REDIS_PASSWORD: 'for nodes', SENTINEL_PASSWORD: 'for sentinels' }
      const { status, printed, errors } = await drill([...target(deployment), '--yes-fail-over-mymaster', '--write', '--max-lost', '10000'], { environment })
      expect(errors).toBe('')
      expect(printed).toMatch(/^planned-failover +passed +- +\d+ ms +\d+ +\d+ ms +\d+ +\d+ +\d+ +\d+ +yes +\d+\.\d s$/m)
      expect(printed).toMatch(/redis-server \d\S+\ndown-after-milliseconds \d+, failover-timeout \d+, quorum 2, 3 sentinels, 2 replicas$/m)
      expect(status).toBe(0)
      const { master } = await deployment.waitUntilSettled({ awayFrom: old.address })
      expect(await master.call(['KEYS', 'ts-sentinel:drill:*'])).toEqual([])
    })
  }, 120_000)

  it('writes through a running proxy, and refuses one that leads to another master', async () => {
    const masters = [{ name: 'mymaster' }, { name: 'other' }]
    await withDeployment({ masters, replicas: 1, proxy: { config: ['mode route', 'client-auth ""'] }, password: 'secret' }, async (deployment) => {
      const through = (address: Address) => drill([
        ...target(deployment), '--yes-fail-over-mymaster', '--write', '--max-lost', '10000', '--proxy-uri', `redis://${formatAddress(address)}`,
      ], { environment: { REDIS_PASSWORD: 'secret' } })
      const other = deployment.node(0, 'other')
      const wrong = await through(other.address)
      expect(wrong.errors).toContain(`the proxy at ${formatAddress(other.address)} leads to another master than mymaster at ${formatAddress(deployment.node(0).address)}`)
      expect(wrong.status).toBe(2)
      expect(await other.call(['DBSIZE'])).toBe(0)
      const { address } = deployment.proxy ?? other
      const right = await through(address)
      expect(right.errors).toBe('')
      expect(right.printed).toMatch(new RegExp(`^clients without Sentinel support, through the proxy at ${formatAddress(address)}$`, 'm'))
      expect(right.printed).toMatch(/^planned-failover +passed/m)
      expect((await through({ host: '127.0.0.1', port: 1 })).errors).toContain('127.0.0.1:1, the proxy of --proxy-uri, cannot be reached: connection refused')
    })
  }, 120_000)

  it('changes nothing without a confirmation', async () => {
    await withDeployment({ replicas: 1, sentinels: 2 }, async (deployment) => {
      const epoch = async () => (await deployment.sentinel(0).master('mymaster'))['config-epoch']
      const before = await epoch()
      const silent = await drill(target(deployment))
      expect(silent.errors).toContain('confirm with --yes-fail-over-mymaster')
      const other = await drill([...target(deployment), '--yes-fail-over-other'])
      expect(other.errors).toContain('--yes-fail-over-other does not match --master mymaster')
      const asked: string[] = []
      const refused = await drill(target(deployment), {
        ask: (question) => {
          asked.push(question)
          return Promise.resolve('yes')
        },
      })
      expect(asked[0]).toContain('monitored by 2 sentinels')
      expect(refused.errors).toContain('nothing was changed')
      expect([silent, other, refused].map(({ status }) => status)).toEqual([2, 2, 2])
      expect(await epoch()).toBe(before)
    })
  }, 60_000)

  it.each([
    ['a port where nothing listens', ['--target', '127.0.0.1:1', '--master', 'mymaster'], '127.0.0.1:1, the sentinel of --target, cannot be reached: connection refused. To do: start it'],
    ['a host that does not exist', ['--target', 'nowhere.invalid:26379', '--master', 'mymaster'], 'nowhere.invalid:26379, the sentinel of --target, cannot be reached: the host name cannot be resolved'],
  ])('names what cannot be reached, and what to do: %s', async (_what, args, words) => {
    const { status, errors } = await drill(args)
    expect(errors).toContain(words)
    expect(errors).not.toContain('Connection is closed')
    expect(status).toBe(2)
  })

  it('names what is wrong with the sentinel: no password, a wrong one, a wrong name, a data node, a dead other sentinel', async () => {
    await withDeployment({ sentinelPassword: 'secret', sentinels: 3 }, async (deployment) => {
      const tried = async (password: string | undefined, args = target(deployment)) => (
        (await drill(args, { environment: password === undefined ? {} : { SENTINEL_PASSWORD: password } })).errors
      )
      expect(await tried(undefined)).toContain('requires a password. Give --sentinel-pass-file')
      expect(await tried('wrong')).toMatch(/refused the login: "WRONGPASS.*Correct --sentinel-user and --sentinel-pass-file/)
      const [, address = ''] = target(deployment)
      expect(await tried('secret', ['--target', address, '--master', 'other'])).toContain('has no master other: it monitors mymaster. Correct --master.')
      const node = formatAddress((await deployment.currentMaster()).address)
      expect(await tried(undefined, ['--target', node, '--master', 'mymaster'])).toContain(`${node}, the sentinel of --target, is not a sentinel, but a data node`)
      const dead = deployment.sentinel(2)
      await dead.kill()
      expect(await tried('secret')).toContain(`${formatAddress(dead.address)}, another sentinel of mymaster, cannot be reached: connection refused. To do: start it`)
    })
  }, 60_000)

  it('refuses a master without a replica that can be promoted', async () => {
    await withDeployment({ replicas: [{ priority: 0 }], sentinels: 1 }, async (deployment) => {
      const { status, errors } = await drill([...target(deployment), '--yes-fail-over-mymaster'])
      expect(errors).toContain('mymaster has no healthy replica that can be promoted')
      expect(status).toBe(2)
    })
  }, 60_000)
})

function target(deployment: Deployment): string[] {
  return ['--target', formatAddress(deployment.sentinel(0).address), '--master', 'mymaster']
}
