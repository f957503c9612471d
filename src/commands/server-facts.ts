import type { Now } from '../core/index.ts'

/**
 * The release that we report to clients. Client libraries and exporters choose features by it, and mixed fleets should
 * report one release. INFO has our own version in a separate field.
 */
export const REPORTED_REDIS_VERSION = '7.0.15'

/** The facts about the process in INFO and HELLO (protocol.md 1.4). */
export interface ServerFacts {
  /** redis_version. */
  readonly version: string
  /** Our own release. */
  readonly packageVersion: string
  /** 40 hexadecimal digits, new at each start; not the sentinel's id. */
  readonly runId: string
  readonly processId: number
  /** `<sysname> <release> <machine>`. */
  readonly operatingSystem: string
  readonly architectureBits: number
  readonly multiplexingApi: string
  readonly supervised: 'no' | 'systemd' | 'upstart' | 'unknown'
  /** Absolute paths. */
  readonly executable: string
  readonly configFile: string
  readonly startedAt: Now
  /** Where the HTTP server listens, as `host:port`, `*` for every address; undefined when it is off. */
  readonly http: string | undefined
  readonly maxClients: number
  /** The port that INFO shows as tcp_port: the TLS port when the plain one is off. */
  readonly tcpPort: () => number
  /** `name=tcp,bind=…,port=…`, one per listener. */
  readonly listeners: () => readonly string[]
  /** CPU seconds of this process since its start. */
  readonly cpu: () => CpuSeconds
  /** Options of redis-cli for the TLS of this sentinel; empty without TLS. Commands of remedies have them. */
  readonly redisCliTls: () => readonly string[]
  /** The state of saving. Votes and epochs of a sentinel that cannot save do not survive a restart. */
  readonly saves: () => SaveFacts
}

export interface SaveFacts {
  /** Why the last save failed; undefined when the file is up to date. */
  readonly error: string | undefined
  /** Failed saves since the start of the process. */
  readonly failuresTotal: number
}

export interface CpuSeconds {
  readonly system: number
  readonly user: number
  /** CPU seconds of child processes that have ended. */
  readonly childrenSystem: number
  readonly childrenUser: number
}

/** Counters that the server and the dispatcher update. */
export interface ServerCounters {
  connectionsReceived: number
  connectionsRejected: number
  commandsProcessed: number
  errorReplies: number
  reads: number
  writes: number
  inputBytes: number
  outputBytes: number
  queryBufferDisconnections: number
  outputBufferDisconnections: number
  deniedAuth: number
  deniedCommands: number
  deniedChannels: number
  /** Averages over the last 1.6 seconds, as in the original. */
  readonly commandRate: Rate
  readonly inputRate: Rate
  readonly outputRate: Rate
}

/** The rate of an event over time. */
export interface Rate {
  perSecond(now: Now): number
}
