/** The state of a proxy as JSON, for people and scripts. Pure. */
import type { ProxyDocument } from '../../documents/index.ts'
import { hostAndPort } from '../../text/index.ts'
import type { ProxyFacts } from './metrics.ts'

/** `problem`: why the proxy is not ready; undefined: it is. */
export function statusDocument(facts: ProxyFacts, problem: string | undefined): ProxyDocument {
  const { sentinels, counters: { refused, cut, switches } } = facts
  const { master, isMasterReachable, configured, reachable } = sentinels
  return {
    schemaVersion: 1, version: facts.version, master: facts.masterName,
    address: master === undefined ? null : hostAndPort(master.host, master.port), reachable: isMasterReachable,
    ready: problem === undefined, problem: problem ?? null, replicas: facts.replicas,
    sentinels: { configured, answering: reachable },
    clients: { connected: facts.clients, max: facts.maxClients, waiting: facts.waiting },
    upstreams: facts.upstreams, switches, cut: Object.values(cut).reduce((sum, some) => sum + some, 0),
    refused: { maxClients: refused['max-clients'], minority: refused.minority, noNode: refused['no-node'] },
  }
}
