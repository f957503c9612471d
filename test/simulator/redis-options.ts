/** What a modelled Redis server is started with. */
import type { MasterAddress } from './redis-replication.ts'

export interface RedisOptions {
  readonly name: string
  readonly ip: string
  readonly port?: number
  /** Undefined = a master. */
  readonly master?: MasterAddress
  readonly priority?: number
  readonly isAnnounced?: boolean
  readonly password?: string
  /**
   * What a restart finds: the data with their replication ids, as in an RDB file; the data alone, as in an append-only
   * file (default); nothing.
   */
  readonly persistence?: 'rdb' | 'aof' | 'none'
  /** The deployment that it belongs to at first. */
  readonly origin?: string
  /** LOADING after a restart with data, in milliseconds. */
  readonly loadMs?: number
  /** A full synchronisation, in milliseconds. Redis alone waits 5000 before it begins. */
  readonly fullSyncMs?: number
  readonly minReplicasToWrite?: number
  readonly minReplicasMaxLagMs?: number
  /** `availability_zone` in its INFO, as Valkey has it. */
  readonly zone?: string
  /** Its release, 7.0.15 unless given. Before 6.2 it has no FAILOVER, and CLIENT PAUSE holds back all commands. */
  readonly version?: string
  /** Upper-case original name to the name that this server knows instead. */
  readonly renamedCommands?: Readonly<Record<string, string>>
}

/** A server of another deployment: a replica; a master with a copy of the data, from an RDB file, or with a replica. */
export type ReusedAs = 'replica' | 'master' | 'loaded-master' | 'followed-master'
