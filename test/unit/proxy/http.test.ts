import { describe, expect, it } from 'vitest'

import { metricsText, type ProxyFacts } from '../../../src/proxy/http/metrics.ts'
import { notReady } from '../../../src/proxy/http/readiness.ts'
import { newRoleCounts } from '../../../src/proxy/multiplex/upstreams.ts'
import { newCounters } from '../../../src/proxy/pipe/counters.ts'

const FACTS: ProxyFacts = {
  workers: 1, process: { residentBytes: 52_000_000, cpuSeconds: 1.5 },
  masterName: 'my"master', mode: 'pipe', clients: 3, maxClients: 10, waiting: 1, counters: newCounters(), traffic: { fromClients: 5, fromNodes: 7 },
  upstreams: [{ node: '10.0.0.1:6379', role: 'master', connections: 2 }], replicas: 2, isMinority: false, version: '1.0.0',
  sentinels: { configured: 3, reachable: 2, master: { host: '10.0.0.1', port: 6379 }, isMasterReachable: true },
}

describe('the metrics of a proxy', () => {
  it('are in the text format of Prometheus, each family once with its help', () => {
    const text = metricsText(FACTS)
    expect(text).toContain('ts_sentinel_proxy_info{version="1.0.0",master="my\\"master",mode="pipe"} 1\n')
    expect(text).toContain('# TYPE ts_sentinel_proxy_clients gauge\nts_sentinel_proxy_clients 3\n')
    expect(text).toContain('ts_sentinel_proxy_upstreams{node="10.0.0.1:6379",role="master"} 2\n')
    expect(text).toContain('ts_sentinel_proxy_refused_total{reason="minority"} 0\n')
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
    expect(new Set(families).size).toBe(families.length)
    expect(text.split('\n').filter((line) => line !== '' && !/^(?:# (?:HELP|TYPE) |[a-z_]+(?:\{.*\})? [\d.e+-]+$)/.test(line))).toEqual([])
  })

  it('count commands by kind and target, and the time that nodes take, in route mode', () => {
    expect(metricsText(FACTS)).not.toContain('commands_total')
    const counts = { master: newRoleCounts(), replica: newRoleCounts() }
    counts.replica.commands.read = 5
    counts.replica.latency.add(0.002)
    counts.replica.latency.add(4)
    const text = metricsText({ ...FACTS, mode: 'route', counts })
    expect(text).toContain('ts_sentinel_proxy_commands_total{kind="read",target="replica"} 5\n')
    expect(text).toContain('ts_sentinel_proxy_upstream_latency_seconds_bucket{target="replica",le="0.001"} 0\n')
    expect(text).toContain('ts_sentinel_proxy_upstream_latency_seconds_bucket{target="replica",le="0.0025"} 1\n')
    expect(text).toContain('ts_sentinel_proxy_upstream_latency_seconds_bucket{target="replica",le="+Inf"} 2\n')
    expect(text).toContain('ts_sentinel_proxy_upstream_latency_seconds_sum{target="replica"} 4.002\n')
    expect(text).toContain('ts_sentinel_proxy_upstream_latency_seconds_count{target="master"} 0\n')
  })

  it('leave out families without a series', () => {
    expect(metricsText({ ...FACTS, upstreams: [] })).not.toContain('ts_sentinel_proxy_upstreams')
  })
})

describe('a proxy', () => {
  it('is ready when new clients would get the master', () => {
    expect(notReady(FACTS, false)).toBeUndefined()
  })

  it('names the reason why it is not ready', () => {
    const { sentinels } = FACTS
    expect(notReady(FACTS, true)).toBe('the proxy is shutting down')
    expect(notReady({ ...FACTS, isMinority: true }, false)).toBe('2 of 3 sentinels answer, which is no majority')
    expect(notReady({ ...FACTS, sentinels: { ...sentinels, master: undefined } }, false)).toContain('is not known')
    expect(notReady({ ...FACTS, sentinels: { ...sentinels, isMasterReachable: false } }, false)).toBe('the master 10.0.0.1 port 6379 does not answer')
  })
})
