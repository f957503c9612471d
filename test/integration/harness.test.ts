import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

import {
  clock, demoteMaster, eventually, failoverTimes, killMaster, notYet, orderFailover, runScenario, startDeployment,
  withDeployment,
} from '../../src/harness/index.ts'
import { isAlive } from '../unit/harness/is-alive.ts'
import { fleet } from './support/settings.ts'

// What users of ts-sentinel/harness rely on.
describe('the harness', () => {
  it('names the option whose program is missing', async () => {
    await expect(startDeployment({ programs: { redisServer: '/nowhere/redis-server' } }))
      .rejects.toThrow(/there is no program \/nowhere\/redis-server\. The option programs\.redisServer/)
  })

  it('shows at once the log of a redis-server that ends at its start', async () => {
    const from = clock()
    await expect(startDeployment({ redisConfig: ['no-such-directive yes'] })).rejects.toThrow(/FATAL CONFIG FILE ERROR/)
    expect(clock() - from).toBeLessThan(10_000)
  })

  it('leaves nothing behind when the test process is killed', async () => {
    const child = spawn(process.execPath, ['--input-type=module'], {
      cwd: import.meta.dirname, stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TS_SENTINEL_JS: ourProgram() },
    })
    child.stdin.end(await testProcess())
    const [line] = await once(child.stdout, 'data') as [Buffer]
    const { folder, pids } = JSON.parse(line.toString()) as { folder: string, pids: number[] }
    expect(pids).toHaveLength(4)
    expect(pids.filter(isAlive)).toHaveLength(4)
    child.kill('SIGKILL')
    await eventually('the end of all processes and of the folder', () => {
      const left = pids.filter(isAlive)
      if (left.length > 0 || existsSync(folder)) throw notYet(`${left.length} processes live`)
    }, { timeoutMs: 10_000, everyMs: 10 })
  })

  it('can demote the master', async () => {
    await withDeployment({ sentinels: fleet(1) }, async (deployment) => {
      const { node, position } = await demoteMaster(deployment)
      expect((await node.replication()).role).toBe('slave')
      // What the sentinels do about it takes 20 s and more (behaviour.md: a master that reports to be a replica).
      expect(deployment.timeline.first({ after: position, event: /^fault: demote, follow redis-/ })?.source).toBe(node.name)
    })
  })

  it('can slow a disk, which delays the failovers and the votes of its sentinel', async () => {
    await withDeployment({ replicas: 2, sentinels: 1, slowDisks: true }, async (deployment) => {
      const quick = await killMaster(deployment)
      await deployment.waitUntilSettled({ awayFrom: quick.node.address })
      deployment.sentinel(0).slowDisk(1_500)
      const slow = await killMaster(deployment)
      await deployment.waitUntilSettled({ awayFrom: slow.node.address })
      const [before, after] = [quick, slow].map((fault) => {
        const { odownMs = 0, electedMs = 0 } = failoverTimes(deployment.timeline, fault)
        return electedMs - odownMs
      })
      expect(after).toBeGreaterThan(1_400)
      expect(before).toBeLessThan(1_400)
    })
  })

  it('warns of a down-after that is too short for genuine sentinels, and still uses it', async () => {
    const options = { replicas: 0, sentinels: ['ours', 'genuine'], downAfterMs: 900, started: false } as const
    await withDeployment(options, (deployment) => {
      expect(deployment.warnings).toEqual([expect.stringContaining('down-after-milliseconds 900 of mymaster is too short')])
      expect(deployment.timeline.first({ event: 'warning' })?.text).toBe(deployment.warnings[0])
      expect(deployment.sentinel(1).configText()).toContain('down-after-milliseconds mymaster 900')
      return Promise.resolve()
    })
    await withDeployment({ replicas: 0, sentinels: 1, started: false }, (deployment) => {
      expect(deployment.warnings).toEqual([])
      deployment.program('genuine')
      expect(deployment.warnings).toHaveLength(1)
      return Promise.resolve()
    })
  })

  it('names the option for slow disks when a test needs one that was not set', async () => {
    await withDeployment({ replicas: 0, sentinels: 1, started: false }, (deployment) => {
      expect(() => { deployment.sentinel(0).slowDisk(100) }).toThrow('slowDisks: true')
      return Promise.resolve()
    })
  })
})

describe('scenarios', () => {
  it.each(['rolling-restart', 'partition', 'cold-start', 'two-at-once', 'master-and-sentinel'])('pass on a fleet of this program: %s', async (name) => {
    const result = await runScenario(name, { deployment: { sentinels: fleet(3) } })
    expect(result.problem).toBeUndefined()
    expect(result).toMatchObject({ verdict: 'passed', agree: true })
    expect(result.writes.acknowledged).toBeGreaterThan(0)
    expect(result.writes.tried).toBeGreaterThanOrEqual(result.writes.acknowledged + result.writes.failed)
    // Everybody gets their keys from the same place: it is plain data.
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ scenario: name })
  })

  it('fail when there were more failovers than faults, although the fleet recovered', async () => {
    const result = await runScenario({
      name: 'unexplained',
      title: 'a healthy master is replaced',
      expectFailovers: 0,
      run: async ({ deployment, settleMs }) => {
        const fault = await orderFailover(deployment)
        await deployment.waitUntilSettled({ awayFrom: fault.node.address, timeoutMs: settleMs })
        return fault
      },
    }, { deployment: { sentinels: fleet(3) } })
    expect(result).toMatchObject({ verdict: 'failed', agree: true, failovers: 1, expectedFailovers: { least: 0, most: 0 } })
    expect(result.problem).toMatch(/^1 failover where 0 were expected, more than the faults explain \(mymaster 127/)
    expect(result.writes.recovered).toBe(true)
  })

  it('fail with the reason when the deployment cannot recover', async () => {
    const result = await runScenario('kill-master', { deployment: { sentinels: 1, replicas: [{ priority: 0 }] }, settleMs: 4_000 })
    expect(result).toMatchObject({ verdict: 'failed', agree: false })
    expect(result.problem).toContain('to settle')
    expect(result.writes.recovered).toBe(false)
    // The last one did not end: it counts up to the end.
    expect(result.writes.outageMs).toBeGreaterThan(3_000)
    expect(result.writes.outages.at(-1)?.to).toBeGreaterThan((result.faultAt ?? 0) + 3_000)
  })
})

/** A test process that starts a deployment, tells where it is, and then does nothing. */
async function testProcess(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { startDeployment } from './index.ts'
        const deployment = await startDeployment({ replicas: 1, sentinels: 2, formed: false })
        const pids = [...deployment.nodes, ...deployment.sentinels].map((one) => one.process.pid)
        process.stdout.write(JSON.stringify({ folder: deployment.folder, pids }))
        setInterval(() => undefined, 1000)`,
      resolveDir: join(import.meta.dirname, '../../src/harness'),
      loader: 'ts',
    },
    bundle: true, platform: 'node', format: 'esm', write: false, packages: 'external',
  })
  return outputFiles[0]?.text ?? ''
}

function ourProgram(): string {
  return process.env['TS_SENTINEL_JS'] ?? join(import.meta.dirname, '../../dist/ts-sentinel.js')
}
