/** The alerts about proxies: for each trouble exactly what fires, with the cause first. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { alertNames, expectFiring, hasPromtool, PROXY_ALERTS, type Firing } from './alerts/rehearse.ts'
import { from, minute, type At, type Labels, type Series } from './alerts/series.ts'

type Changes = Readonly<Record<string, At>>

const HEALTHY: readonly (readonly [name: string, labels: Labels, at: At])[] = [
  ['up', {}, () => 1],
  ['process_cpu_seconds_total', {}, (scrape) => scrape],
  ['clients', {}, () => 40],
  ['clients_max', {}, () => 1000],
  ['minority', {}, () => 0],
  ['master_known', {}, () => 1],
  ['master_reachable', {}, () => 1],
  ['sentinels', {}, () => 3],
  ['sentinels_reachable', {}, () => 3],
  ['upstream_failures_total', {}, () => 7],
  ...['max-clients', 'minority', 'no-node'].map((reason) => ['refused_total', { reason }, () => 5] as const),
  ...['master-changed', 'replica-out'].map((reason) => ['cut_connections_total', { reason }, () => 80] as const),
]

/** The series of one proxy, healthy but for these; a counter with reasons is named by its reason. */
function proxy(instance: string, changes: Changes = {}): Series[] {
  return HEALTHY.map(([name, labels, at]): Series => ({
    name: /^(?:up$|process_)/.test(name) ? name : `ts_sentinel_proxy_${name}`,
    labels: { job: 'ts-sentinel-proxy', instance: `${instance}:9121`, ...labels }, at: changes[labels['reason'] ?? name] ?? at,
  }))
}

const ofProxy = (alert: string, severity: Firing['severity'], instance: string, summary: string, labels: Labels = {}): Firing => (
  { alert, severity, labels: { job: 'ts-sentinel-proxy', instance: `${instance}:9121`, ...labels }, summary }
)

/** One more with every scrape from that minute on. */
const rising = (minutes: number, step = 1): At => (scrape) => Math.max(0, scrape - minute(minutes)) * step

const expectProxies = (series: readonly Series[][], atMinute: number, firing: readonly Firing[]): void => {
  expectFiring({ series: series.flat() }, atMinute, firing, PROXY_ALERTS)
}

describe.runIf(hasPromtool)('the alerts about proxies', () => {
  it('are silent about healthy proxies, and about one failover with the errors of its 30 s', () => {
    const during: At = (scrape) => scrape >= minute(5) && scrape < minute(5.5) ? 0 : 1
    const failover = proxy('failover', {
      'master_reachable': during, 'upstream_failures_total': from(5.25, 200), 'master-changed': from(5.25, 120, 80),
    })
    for (const at of [6, 12]) expectProxies([proxy('healthy'), failover], at, [])
  })

  it('name the cause of each trouble, once', () => {
    const proxies = [
      proxy('healthy'),
      proxy('gone', { up: from(5, 0, 1) }),
      proxy('cut-off', { minority: from(5, 1), sentinels_reachable: from(5, 1, 3) }),
      proxy('unknown', { 'master_known': from(5, 0, 1), 'master_reachable': from(5, 0, 1), 'no-node': rising(5) }),
      proxy('no-master', { 'master_reachable': from(5, 0, 1), 'no-node': rising(5), 'upstream_failures_total': rising(5, 9) }),
      proxy('one-less', { sentinels_reachable: from(5, 2, 3) }),
      proxy('full', { 'clients': from(5, 1000), 'max-clients': rising(5) }),
      proxy('almost-full', { clients: from(5, 950) }),
      proxy('waits', { 'no-node': rising(5) }),
      proxy('flapping', { 'replica-out': (scrape) => Math.min(5, Math.floor(scrape / minute(2))) }),
      proxy('unstable', { 'master-changed': (scrape) => Math.min(4, Math.floor(scrape / minute(3))) }),
      proxy('cannot', { upstream_failures_total: rising(5, 4) }),
      proxy('restarts', { process_cpu_seconds_total: (scrape) => scrape % minute(3) }),
    ]
    expectProxies(proxies, 16, [
      ofProxy('SentinelProxyGone', 'warning', 'gone', 'The proxy gone:9121 is gone or cannot be scraped: its applications need another one'),
      ofProxy('SentinelProxyMinority', 'critical', 'cut-off', 'Too few sentinels answer the proxy cut-off:9121 (1 of 3): it refuses new clients'),
      ofProxy(
        'SentinelProxyMasterUnknown', 'critical', 'unknown',
        'The sentinels name no master to the proxy unknown:9121, or do not agree: new clients get an error',
      ),
      ofProxy(
        'SentinelProxyMasterUnreachable', 'critical', 'no-master',
        'The master does not answer the proxy no-master:9121: new clients get an error',
      ),
      ofProxy(
        'SentinelProxyMissesSentinels', 'warning', 'one-less',
        'Sentinels do not answer the proxy one-less:9121: 1 of those in its file. Without a majority it notices no failover',
      ),
      ofProxy(
        'SentinelProxyRefusesClients', 'warning', 'full',
        'The proxy full:9121 has as many clients as it may have and refuses others', { reason: 'max-clients' },
      ),
      ofProxy(
        'SentinelProxyRefusesClients', 'warning', 'waits',
        'Clients of the proxy waits:9121 waited for a node until they got an error', { reason: 'no-node' },
      ),
      ofProxy('SentinelProxyAlmostFull', 'warning', 'almost-full', 'The proxy almost-full:9121 has 95% of the clients that it may have'),
      ofProxy(
        'SentinelProxyCutsConnections', 'warning', 'flapping',
        'A replica comes and goes again and again: the proxy flapping:9121 cut connections 5 times within an hour', { reason: 'replica-out' },
      ),
      ofProxy(
        'SentinelProxyCutsConnections', 'warning', 'unstable',
        'The master changes again and again: the proxy unstable:9121 cut connections 4 times within an hour', { reason: 'master-changed' },
      ),
      ofProxy('SentinelProxyCannotConnect', 'warning', 'cannot', 'A node refuses connections of the proxy cannot:9121, or cannot be reached'),
      ofProxy(
        'SentinelProxyRestarts', 'warning', 'restarts',
        'The proxy restarts:9121 ends and is started again and again: each time its clients are disconnected',
      ),
    ])
  })

  it('are one critical alert when all proxies are gone', () => {
    expectProxies([proxy('one', { up: from(5, 0, 1) }), proxy('two', { up: from(4, 0, 1) })], 10, [{
      alert: 'SentinelProxiesAllGone', severity: 'critical', labels: { job: 'ts-sentinel-proxy' },
      summary: 'All proxies are gone: their applications have no Redis',
    }])
  })
})

it('every alert about proxies is rehearsed', () => {
  const tests = readFileSync('test/interop/alerts-proxies.test.ts', 'utf8')
  expect(alertNames(PROXY_ALERTS).length).toBeGreaterThan(10)
  expect(alertNames(PROXY_ALERTS).filter((name) => !tests.includes(`'${name}'`))).toEqual([])
})
