/** What the exporter of others makes of a sentinel, and what it says itself, are the same. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

import { eventually, killMaster, type Deployment } from '../../src/harness/index.ts'
import { clientToolsHere } from '../../src/cli/system-packages.ts'
import { limitFor } from '../integration/support/settings.ts'
import { withHttp } from '../integration/support/settings-file.ts'
import { scrape } from './clients/exporter.ts'

const hasExporter = clientToolsHere().includes('prometheus-redis-exporter')
const hasPromtool = clientToolsHere().includes('promtool')

/** What promtool does not like about the names of redis_exporter, which dashboards and alerts made for it need. */
const COMPLAINTS_ABOUT_EXPORTER_NAMES = [
  'redis_sentinel_master_setting_down_after_milliseconds use base unit "seconds" instead of "milliseconds"',
]

async function own(url: string): Promise<string> {
  const reply = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) })
  expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return reply.text()
}

/** The exporter sorts labels by name; ours come in an order of their own. */
function samples(lines: readonly string[]): string[] {
  return lines.filter((line) => line.startsWith('redis_sentinel_')).map((line) => {
    const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([pair]) => pair).sort()
    return `${name}{${pairs.join(',')}} ${Number(value)}`
  }).sort()
}

describe('/metrics', () => {
  it.runIf(hasExporter)('has every metric of prometheus-redis-exporter, with the same labels and values', async () => {
    const names = [{ name: 'mymaster' }, { name: 'a.b-c_d', replicas: 1 }]
    await withHttp({ sentinels: 3, masters: names, replicas: 2 }, async ({ deployment, url }) => {
      await expectSame(deployment, url(1))
      const fault = await killMaster(deployment)
      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      // The old master is now a replica that is down, so the counts differ from what they were.
      await eventually('the old master to count as down', async () => {
        expect(await own(url(1))).toMatch(/redis_sentinel_master_ok_slaves\{[^}]*"mymaster"\} 1\n/)
      }, { timeoutMs: 10_000 })
      await deployment.sentinel(2).kill()
      await eventually('a sentinel to count as down', async () => {
        expect(await own(url(1))).toMatch(/redis_sentinel_master_ok_sentinels\{[^}]*"mymaster"\} 2\n/)
      }, { timeoutMs: 15_000 })
      await expectSame(deployment, url(1))
      await deployment.sentinel(0).kill()
      await eventually('the quorum to be out of reach', async () => {
        expect(await own(url(1))).toContain('message="NOQUORUM 1 usable Sentinels')
      }, { timeoutMs: 15_000 })
      await expectSame(deployment, url(1))
    })
  }, limitFor(1, 120_000))

  it.runIf(hasPromtool)('is accepted by promtool, and counts a failover', async () => {
    await withHttp({ sentinels: 3, replicas: 2 }, async ({ deployment, url }) => {
      const fault = await killMaster(deployment)
      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      const texts = await Promise.all([0, 1, 2].map((at) => own(url(at))))
      for (const input of texts) {
        const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
        expect(`${stdout}${stderr}`.trim().split('\n').sort()).toEqual(COMPLAINTS_ABOUT_EXPORTER_NAMES)
      }
      const led = texts.filter((text) => text.includes('role="leader",outcome="switched",reason="odown"} 1\n'))
      const followed = texts.filter((text) => text.includes('role="follower",outcome="adopted",reason="told"} 1\n'))
      expect([led.length, followed.length], 'leaders and followers').toEqual([1, 2])
      expect(led[0]).toContain('redis_sentinel_failover_phase_seconds_count{phase="switch"} 1\n')
    })
  }, limitFor(1, 60_000))
})

/** Everything that the exporter says of the sentinel at this address is among what it says itself. */
async function expectSame(deployment: Deployment, url: string): Promise<void> {
  const exported = samples(await scrape(deployment.sentinel(1)))
  expect(exported.length, 'metrics of the exporter').toBeGreaterThan(12)
  const ours = samples((await own(url)).split('\n'))
  expect(exported.filter((line) => !ours.includes(line)), 'missing or different').toEqual([])
  const names = new Set(exported.map((line) => line.replace(/\{.*/, '')))
  const more = ours.filter((line) => names.has(line.replace(/\{.*/, '')) && !exported.includes(line))
  expect(more, 'series that the exporter does not have').toEqual([])
}
