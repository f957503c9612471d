/** `/status` of a proxy, and `status --json` with its address. */
import type { SchemaVersion } from './values.ts'

export interface ProxyDocument {
  readonly schemaVersion: SchemaVersion
  /** The release of the proxy. */
  readonly version: string
  /** The name under which the sentinels monitor the master. */
  readonly master: string
  /** The address that is believed to be the master; null while none is. */
  readonly address: string | null
  /** Whether the master answered the last question of the proxy. */
  readonly reachable: boolean
  /** Whether a new client would get the master. */
  readonly ready: boolean
  /** Why not; null where it would. */
  readonly problem: string | null
  /** Replicas that serve reads. */
  readonly replicas: number
  readonly sentinels: ProxySentinelsJson
  readonly clients: ProxyClientsJson
  /** Open connections to nodes. */
  readonly upstreams: readonly ProxyUpstreamJson[]
  /** Changes of the master since the start. */
  readonly switches: number
  /** Connections that were cut since the start because their node lost its role. */
  readonly cut: number
  /** Clients that were refused since the start. */
  readonly refused: ProxyRefusedJson
}

export interface ProxySentinelsJson {
  readonly configured: number
  readonly answering: number
}

export interface ProxyClientsJson {
  readonly connected: number
  readonly max: number
  /** Those that wait for a node. */
  readonly waiting: number
}

export interface ProxyUpstreamJson {
  readonly node: string
  readonly role: 'master' | 'replica'
  readonly connections: number
}

export interface ProxyRefusedJson {
  readonly maxClients: number
  /** Too few sentinels answered. */
  readonly minority: number
  /** No node within `wait-for-master`. */
  readonly noNode: number
}
