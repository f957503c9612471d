/** `status`, `explain` and `history` of real fleets: what each sentinel knows reaches whoever asks one of them. */
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { eventually, notYet, startDeployment, type Deployment } from '../../src/harness/index.ts'
import { readDocument } from '../documents/read-document.ts'
import { commandOf } from './process-program.ts'

const { file, args: [program = ''] } = commandOf('ours')

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(file, [program, ...args], { encoding: 'utf8' })
  return { status, text: stdout, stderr }
}

describe('the tools with ts-sentinels and an original one', () => {
  let fleet: Deployment
  const addressOf = (at: number): string => {
    const { host, port } = fleet.sentinel(at).address
    return `${host}:${port}`
  }
  const all = [0, 1, 2]

  beforeAll(async () => {
    fleet = await startDeployment({ replicas: 2, sentinels: ['ours', 'ours', 'genuine'], failoverTimeoutMs: 4000 })
  }, 120_000)
  afterAll(async () => { await fleet?.stop() })

  it('find all sentinels from each of them, and are content with a healthy fleet', () => {
    for (const at of all) {
      const { status, text, stderr } = run('status', addressOf(at), '--json')
      const { schemaVersion, sentinels, masters } = readDocument('fleet', text)
      expect({ status, stderr, schemaVersion }).toEqual({ status: 0, stderr: '', schemaVersion: 1 })
      expect(sentinels.map(({ address }) => address).sort()).toEqual(all.map(addressOf).sort())
      expect(sentinels.map(({ kind }) => kind).sort()).toEqual(['original', 'ts-sentinel', 'ts-sentinel'])
      expect(masters).toMatchObject([{ name: 'mymaster', agreed: true, findings: [], replicaList: [{ replicationLinkUp: true }, {}] }])
      expect(run('explain', addressOf(at), 'mymaster').text).toMatch(/^OK {8}Nothing is wrong with mymaster\.\n/)
    }
  })

  it('end without a stack when their output is not read to the end', () => {
    const { stdout, stderr } = spawnSync('bash', ['-c', 'set -o pipefail; "$0" "$@" | head -n 1; echo "status $?"', file, program, 'status', addressOf(0), '--watch'], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\d .* asked .*\nstatus 0\n$/)
  })

  it.each([['help'], ['check', '/nonexistent/sentinel.conf'], ['status', '127.0.0.1:1']])('end without a stack when nothing reads them: %s', (...args) => {
    const { stderr } = spawnSync('bash', ['-c', '"$0" "$@" 2>&1 | true', file, program, ...args], { encoding: 'utf8' })
    expect(stderr).toBe('')
    const { stdout } = spawnSync('bash', ['-c', '{ "$0" "$@" 2>&3 | true; } 3>&1', file, program, ...args], { encoding: 'utf8' })
    expect(stdout).not.toMatch(/EPIPE|at .*:\d+:\d+/)
  })

  it('report the sentinel in TILT with the number of those that can act, and do not end with 0', async () => {
    await fleet.sentinel(0).call(['SENTINEL', 'DEBUG', 'tilt-trigger', '500', 'tilt-period', '8000'])
    fleet.sentinel(0).pause()
    await eventually('another sentinel misses it', () => {
      if (!run('status', addressOf(1)).text.includes(`${addressOf(0)}  does not answer`)) throw notYet('it answers')
    }, { timeoutMs: 20_000 })
    fleet.sentinel(0).resume()
    const { status, text } = await eventually('TILT', () => {
      const shown = run('status', addressOf(0))
      if (!shown.text.includes('TILT') || !shown.text.includes('2 others can')) throw notYet(shown.text + shown.stderr)
      return shown
    }, { timeoutMs: 6000 })
    expect(text).toMatch(/This sentinel will not act for another .*; 2 others can\./)
    expect(status).toBe(1)
    expect(run('explain', addressOf(0), 'mymaster')).toMatchObject({ status: 1, text: expect.stringMatching(/will not act .*2 others can/) as string })
    await eventually('the end of TILT', () => {
      if (run('status', addressOf(0)).status !== 0) throw notYet('it lasts')
    }, { timeoutMs: 20_000 })
    await fleet.sentinel(0).call(['SENTINEL', 'DEBUG', 'tilt-trigger', '2000', 'tilt-period', '500'])
  })

  it('show who leads a failover that cannot end, the reason and the command, from every sentinel', async () => {
    // The original sentinel does not name the cause: one of ours must lead.
    await fleet.sentinel(2).call(['SENTINEL', 'SET', 'mymaster', 'down-after-milliseconds', '3600000'])
    for (const node of fleet.nodes.slice(1)) await node.call(['ACL', 'SETUSER', 'default', '-slaveof', '-replicaof'])
    fleet.nodes[0]?.pause()
    for (const tool of ['status', 'explain']) {
      for (const at of all) {
        await eventually(`${tool} of sentinel ${at} names the cause`, () => {
          const { status, text } = run(tool, addressOf(at), ...tool === 'explain' ? ['mymaster'] : [])
          if (!/NOPERM/.test(text.split('\n')[0] ?? '')) throw notYet(text)
          expect(text).toMatch(/\$ redis-cli .*ACL SETUSER default .*\+slaveof/)
          if (tool === 'status') expect(status).toBe(1)
        }, { timeoutMs: 60_000 })
      }
    }
    for (const node of fleet.nodes.slice(1)) await node.call(['ACL', 'SETUSER', 'default', '+@all'])
    await eventually('the failover ends', () => {
      const { text } = run('history', addressOf(0), 'mymaster', '--json')
      const { schemaVersion, failovers } = readDocument('failovers', text)
      expect(schemaVersion).toBe(1)
      const done = failovers.find(({ outcome }) => outcome === 'switched' || outcome === 'adopted')
      if (done === undefined) throw notYet(text)
      expect(typeof done.durationMs).toBe('number')
    }, { timeoutMs: 60_000 })
    const { text } = run('history', addressOf(0))
    expect(text).toMatch(/\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d {2}mymaster {2}/)
    expect(run('history', addressOf(0), '--utc').text).toMatch(/\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}mymaster {2}/)
  })
})
