import { describe, expect, it } from 'vitest'

import { mergeFacts } from '../../../src/proxy/http/merged-facts.ts'
import type { ProxyFacts } from '../../../src/proxy/http/metrics.ts'
import { notReady } from '../../../src/proxy/http/readiness.ts'
import { newRoleCounts } from '../../../src/proxy/multiplex/upstreams.ts'
import { newCounters } from '../../../src/proxy/pipe/counters.ts'

const MASTER = { host: '10.0.0.1', port: 6379 }

/** Of the process that watches the workers. */
const OWN: ProxyFacts = {
  workers: 0, process: { residentBytes: 100, cpuSeconds: 1 },
  masterName: 'mymaster', mode: 'route', clients: 0, maxClients: 10, waiting: 0, counters: newCounters(),
  traffic: { fromClients: 0, fromNodes: 0 }, upstreams: [], replicas: 0, isMinority: false, version: '1.0.0',
  sentinels: { configured: 3, reachable: 0, master: undefined, isMasterReachable: false },
}

function worker(clients: number, facts: Partial<ProxyFacts> = {}): ProxyFacts {
  const counts = { master: newRoleCounts(), replica: newRoleCounts() }
  counts.master.commands.write = clients
  counts.master.latency.add(0.002)
  return {
    ...OWN, workers: 1, clients, maxClients: 5, replicas: 2, counts,
    counters: { ...newCounters(), accepted: clients, switches: 1, refused: { 'max-clients': 1, 'minority': 0, 'no-node': 0 } },
    traffic: { fromClients: 10, fromNodes: 20 },
    upstreams: [{ node: '10.0.0.1:6379', role: 'master', connections: clients }],
    sentinels: { configured: 3, reachable: 3, master: MASTER, isMasterReachable: true }, ...facts,
  }
}

describe('what the workers of a proxy show together', () => {
  it('is the sum of what they do, and counts a switch, which each of them sees, once', () => {
    const merged = mergeFacts(OWN, [worker(2), worker(3)])
    const { clients, maxClients, counters, traffic, upstreams, workers, process, replicas } = merged
    expect({ clients, maxClients, traffic, upstreams, workers, process, replicas }).toEqual({
      clients: 5, maxClients: 10, traffic: { fromClients: 20, fromNodes: 40 }, workers: 2, replicas: 2,
      upstreams: [{ node: '10.0.0.1:6379', role: 'master', connections: 5 }], process: { residentBytes: 300, cpuSeconds: 3 },
    })
    expect(counters).toMatchObject({ accepted: 5, switches: 1, refused: { 'max-clients': 2 } })
  })

  it('has the requests and the times of all in route mode, also after they were sent as plain data', () => {
    const { counts } = mergeFacts(OWN, [worker(2), worker(3)].map((facts) => structuredClone(facts)))
    expect(counts?.master.commands.write).toBe(5)
    expect(counts?.master.latency).toMatchObject({ count: 2, sum: 0.004 })
    expect(counts?.master.latency.counts).toContain(2)
  })

  it.each<[string, readonly ProxyFacts[], string | undefined]>([
    ['ready when all are', [worker(1), worker(1)], undefined],
    ['not ready when one does not know the master',
      [worker(1), worker(1, { sentinels: { ...OWN.sentinels, reachable: 3 } })],
      'the master of mymaster is not known'],
    ['not ready when one does not reach the master',
      [worker(1, { sentinels: { configured: 3, reachable: 3, master: MASTER, isMasterReachable: false } }), worker(1)],
      'the master 10.0.0.1 port 6379 does not answer'],
    ['not ready when one has no majority of the sentinels', [worker(1), worker(1, { isMinority: true })], '3 of 3 sentinels answer, which is no majority'],
    ['not ready when none runs', [], 'the master of mymaster is not known'],
  ])('is %s', (_title, workers, problem) => {
    expect(notReady(mergeFacts(OWN, workers), false)).toBe(problem)
  })
})
