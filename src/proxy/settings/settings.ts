/** The settings of a proxy: the values of proxy.conf and of the command line. */
import type { TlsSettings } from '../../config/index.ts'
import type { Address } from './values.ts'

export type { Address }

/** A login with a password; without a user, that of the default user. */
export interface Login {
  readonly user: string | undefined
  readonly password: string
}

/** The arguments of AUTH. */
export function loginWords({ user, password }: Login): readonly string[] {
  return user === undefined ? [password] : [user, password]
}

/** Which node a connection to the read port leads to. */
export type ReadFrom = 'master' | 'replica' | 'prefer-replica' | 'nearest'

/** How clients are connected: each with its own connection to a node, or request by request. */
export type Mode = 'pipe' | 'route'

/** What new clients get while no majority of the configured sentinels answers. */
export type Minority = 'refuse' | 'serve'

export interface ProxySettings {
  readonly sentinels: readonly Address[]
  readonly masterName: string
  readonly sentinelLogin: Login | undefined
  /** For the proxy's own questions to the nodes; in route mode also for the requests of clients. */
  readonly nodeLogin: Login | undefined
  readonly mode: Mode
  /** Whether nodes check the logins of clients in route mode. */
  readonly isAuthPassedOn: boolean
  /** What clients log in with in route mode; empty or undefined: they need no login. */
  readonly clientPassword: string | undefined
  /** Milliseconds for which reads of a client that wrote go to the master; 0: none. */
  readonly readAfterWriteMs: number
  /** Whether clients share connections to nodes in route mode. */
  readonly isMultiplexed: boolean
  /** Private connections to nodes that are kept while no client uses them. */
  readonly poolSize: number
  /** Local addresses to listen on; `*` means all. */
  readonly bind: readonly string[]
  /** 0: no such listener. The same holds for the three others. */
  readonly port: number
  readonly readPort: number
  readonly tlsPort: number
  readonly tlsReadPort: number
  readonly unixSocket: string | undefined
  /** File mode of the socket; undefined: what the umask leaves. */
  readonly unixSocketMode: number | undefined
  readonly tcpBacklog: number
  /** Seconds without traffic after which the system probes a connection; 0: never. */
  readonly keepAliveSeconds: number
  /** Of all worker processes together. */
  readonly maxClients: number
  /** Worker processes; 1: the proxy runs in the process itself. */
  readonly threads: number
  readonly readFrom: ReadFrom
  /** The zone of the proxy; undefined: none. */
  readonly zone: string | undefined
  /** The zones of nodes, by `host:port`. */
  readonly nodeZones: ReadonlyMap<string, string>
  /** Bytes that a replica may lack; undefined: any number. */
  readonly maxLagBytes: number | undefined
  readonly waitForMasterMs: number
  readonly minority: Minority
  readonly drainMs: number
  readonly http: Address | undefined
  readonly daemonize: boolean
  readonly pidFile: string | undefined
  /** Empty: standard output. */
  readonly logFile: string
  readonly logLevel: 'debug' | 'verbose' | 'notice' | 'warning' | 'nothing'
  readonly logFormat: 'redis' | 'json'
  /** TLS to the data nodes. */
  readonly tlsNodes: boolean
  /** TLS to the sentinels. */
  readonly tlsSentinels: boolean
  readonly tls: TlsSettings
}

/** Settings under construction. */
export type Draft = { -readonly [Key in keyof Omit<ProxySettings, 'sentinels' | 'nodeZones' | 'tls'>]: ProxySettings[Key] } & {
  sentinels: Address[]
  nodeZones: Map<string, string>
  tls: { -readonly [Key in keyof TlsSettings]: TlsSettings[Key] }
  /** What `user` and `password` lines gave, before they become logins. */
  sentinelUser: string | undefined
  sentinelPassword: string | undefined
  nodeUser: string | undefined
  nodePassword: string | undefined
}

/** The settings of a file without a line. */
export function defaultDraft(): Draft {
  return {
    sentinels: [], masterName: '', sentinelLogin: undefined, nodeLogin: undefined,
    mode: 'pipe', isAuthPassedOn: false, clientPassword: undefined, readAfterWriteMs: 1_000, isMultiplexed: true, poolSize: 10,
    bind: ['*'], port: 7777, readPort: 0, tlsPort: 0, tlsReadPort: 0, unixSocket: undefined, unixSocketMode: undefined,
    tcpBacklog: 511, keepAliveSeconds: 60, maxClients: 10_000, threads: 1,
    readFrom: 'prefer-replica', zone: undefined, nodeZones: new Map(), maxLagBytes: undefined,
    waitForMasterMs: 5_000, minority: 'refuse', drainMs: 1_000, http: undefined,
    daemonize: false, pidFile: undefined, logFile: '', logLevel: 'notice', logFormat: 'redis',
    tlsNodes: false, tlsSentinels: false, tls: defaultTls(),
    sentinelUser: undefined, sentinelPassword: undefined, nodeUser: undefined, nodePassword: undefined,
  }
}

function defaultTls(): Draft['tls'] {
  return {
    replication: false, cluster: false, authClients: 'yes',
    certFile: undefined, keyFile: undefined, keyFilePass: undefined,
    clientCertFile: undefined, clientKeyFile: undefined, clientKeyFilePass: undefined,
    caCertFile: undefined, caCertDir: undefined, protocols: undefined, ciphers: undefined, ciphersuites: undefined,
    preferServerCiphers: false, sessionCaching: true, sessionCacheSize: 20_480, sessionCacheTimeoutSeconds: 300,
    dhParamsFile: undefined,
  }
}
