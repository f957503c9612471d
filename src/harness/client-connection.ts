import { formatAddress, type Address } from './address.ts'
import type { DeploymentTls } from './deployment-tls.ts'

/** Ready-made options of client libraries for one master of a deployment, by kind. */
export interface Connections {
  /** For `new Redis(options)` of ioredis. */
  readonly 'ioredis': IoredisConnection
  /** For `createSentinel(options)` of node-redis. */
  readonly 'node-redis': NodeRedisConnection
  /**
   * `redis-sentinel://user:password@host:port,host:port/0#master`, with TLS `rediss-sentinel:`, in the form of Lettuce.
   */
  readonly 'url': string
  /** For a client without Sentinel support, through the proxy: the options of `new Redis(options)` of ioredis. */
  readonly 'proxy': ProxyConnection
  /** The same as `redis://user:password@host:port`, with TLS `rediss:`. */
  readonly 'proxy-url': string
  /** Environment variables for an application in any language. */
  readonly 'env': ConnectionVariables
}

/** The part of the options of ioredis that says where and how to connect. */
export interface IoredisConnection {
  sentinels: Address[]
  name: string
  username?: string
  password?: string
  sentinelUsername?: string
  sentinelPassword?: string
  tls?: TlsText
  sentinelTLS?: TlsText
  enableTLSForSentinelMode?: boolean
  /** Named clients only: leads from the addresses in the replies of sentinels to those of the client. */
  natMap?: Record<string, Address>
}

/** Where the proxy is, and how to log in to the data nodes. */
export interface ProxyConnection {
  host: string
  port: number
  username?: string
  password?: string
  tls?: TlsText
}

/** The part of the options of node-redis that says where and how to connect. */
export interface NodeRedisConnection {
  name: string
  sentinelRootNodes: Address[]
  nodeClientOptions: NodeRedisClient
  sentinelClientOptions: NodeRedisClient
}

/** Login, TLS and local address of the connections of node-redis to the data nodes or to the sentinels. */
export interface NodeRedisClient {
  username?: string
  password?: string
  socket?: { localAddress?: string } | ({ localAddress?: string, tls: true } & TlsText)
}

/** Certificates as PEM text, named as in Node's own TLS. */
export interface TlsText {
  ca: string
  cert: string
  key: string
}

/** Variables that are absent have no value in this deployment. */
export interface ConnectionVariables {
  /** `host:port` of each sentinel, separated by commas. */
  SENTINELS: string
  REDIS_MASTER_NAME: string
  REDIS_USER?: string
  REDIS_PASSWORD?: string
  SENTINEL_USER?: string
  SENTINEL_PASSWORD?: string
  /** `host:port` of the proxy, and the same with the login. */
  REDIS_PROXY?: string
  REDIS_PROXY_URL?: string
  /** Paths of PEM files. */
  REDIS_TLS_CA?: string
  REDIS_TLS_CERT?: string
  REDIS_TLS_KEY?: string
  /** Named clients only: the loopback address of the client. */
  REDIS_CLIENT_ADDRESS?: string
}

/** What the options are made of. */
export interface ConnectionFacts {
  readonly masterName: string
  readonly sentinels: readonly Address[]
  /** Addresses of the data nodes, as in the replies of sentinels. */
  readonly nodes: readonly Address[]
  readonly user: string | undefined
  readonly password: string | undefined
  readonly sentinelUser: string | undefined
  readonly sentinelPassword: string | undefined
  readonly tls: DeploymentTls | undefined
  /** Undefined where no proxy leads to this master. */
  readonly proxy: Address | undefined
  /** The loopback address of a named client. */
  readonly clientAddress: string | undefined
}

/** Makes the options of one kind. @throws Error when there is no such kind */
export function connectionFor<K extends keyof Connections>(kind: K, facts: ConnectionFacts): Connections[K] {
  const make = KINDS[kind] as ((facts: ConnectionFacts) => Connections[K]) | undefined
  if (make === undefined) throw new Error(`there is no connection of the kind ${String(kind)}; there is ${Object.keys(KINDS).join(', ')}`)
  return make(facts)
}

const KINDS: { readonly [K in keyof Connections]: (facts: ConnectionFacts) => Connections[K] } = {
  'ioredis': ioredisConnection, 'node-redis': nodeRedisConnection, 'url': connectionUrl,
  'proxy': proxyConnection, 'proxy-url': proxyUrl, 'env': connectionVariables,
}

function ioredisConnection(facts: ConnectionFacts): IoredisConnection {
  const { clientAddress: host, tls, sentinels, nodes } = facts
  return {
    name: facts.masterName,
    sentinels: forClient(sentinels, host),
    ...given('username', facts.user), ...given('password', facts.password),
    ...given('sentinelUsername', facts.sentinelUser), ...given('sentinelPassword', facts.sentinelPassword),
    ...(tls !== undefined && { tls: tlsText(tls), sentinelTLS: tlsText(tls), enableTLSForSentinelMode: true }),
    // ioredis cannot choose the address that it connects from.
    ...(host !== undefined && {
      natMap: Object.fromEntries([...sentinels, ...nodes].map((one) => [formatAddress(one), { host, port: one.port }])),
    }),
  }
}

function nodeRedisConnection(facts: ConnectionFacts): NodeRedisConnection {
  return {
    name: facts.masterName,
    sentinelRootNodes: forClient(facts.sentinels, undefined),
    nodeClientOptions: nodeRedisClient(facts.user, facts.password, facts),
    sentinelClientOptions: nodeRedisClient(facts.sentinelUser, facts.sentinelPassword, facts),
  }
}

function nodeRedisClient(
  user: string | undefined, password: string | undefined, { tls, clientAddress }: ConnectionFacts,
): NodeRedisClient {
  const socket = {
    ...(tls !== undefined && { tls: true as const, ...tlsText(tls) }), ...given('localAddress', clientAddress),
  }
  return {
    ...given('username', user), ...given('password', password), ...(Object.keys(socket).length > 0 && { socket }),
  }
}

function connectionUrl({ masterName, sentinels, user, password, tls, clientAddress }: ConnectionFacts): string {
  const login = [user, password].filter((one) => one !== undefined).map(encodeURIComponent).join(':')
  const hosts = forClient(sentinels, clientAddress).map(formatAddress).join(',')
  return `${tls === undefined ? 'redis' : 'rediss'}-sentinel://${login === '' ? '' : `${login}@`}${hosts}/0#${encodeURIComponent(masterName)}`
}

function proxyConnection(facts: ConnectionFacts): ProxyConnection {
  const { user, password, tls } = facts
  return {
    ...proxyOf(facts), ...given('username', user), ...given('password', password), ...(tls !== undefined && { tls: tlsText(tls) }),
  }
}

function proxyUrl(facts: ConnectionFacts): string {
  return redisUrl(proxyOf(facts), facts, facts.tls !== undefined)
}

function proxyOf({ proxy, masterName }: ConnectionFacts): Address {
  if (proxy === undefined) throw new Error(`no proxy leads to ${masterName}: it needs the option proxy: true, and is for the first master`)
  return proxy
}

/** `redis://user:password@host:port`, with TLS `rediss:`. */
export function redisUrl(
  address: Address, { user, password }: { readonly user: string | undefined, readonly password: string | undefined },
  isEncrypted: boolean,
): string {
  const login = password === undefined ? '' : `${encodeURIComponent(user ?? '')}:${encodeURIComponent(password)}@`
  return `${isEncrypted ? 'rediss' : 'redis'}://${login}${formatAddress(address)}`
}

function connectionVariables(facts: ConnectionFacts): ConnectionVariables {
  const { masterName, sentinels, tls, clientAddress, proxy } = facts
  return {
    SENTINELS: forClient(sentinels, clientAddress).map(formatAddress).join(','),
    REDIS_MASTER_NAME: masterName,
    ...given('REDIS_USER', facts.user), ...given('REDIS_PASSWORD', facts.password),
    ...given('SENTINEL_USER', facts.sentinelUser), ...given('SENTINEL_PASSWORD', facts.sentinelPassword),
    ...(proxy !== undefined && { REDIS_PROXY: formatAddress(proxy), REDIS_PROXY_URL: proxyUrl(facts) }),
    ...(tls !== undefined && { REDIS_TLS_CA: tls.caFile, REDIS_TLS_CERT: tls.certFile, REDIS_TLS_KEY: tls.keyFile }),
    ...given('REDIS_CLIENT_ADDRESS', clientAddress),
  }
}

function forClient(addresses: readonly Address[], host: string | undefined): Address[] {
  return addresses.map((address) => ({ host: host ?? address.host, port: address.port }))
}

function tlsText({ ca, cert, key }: DeploymentTls): TlsText {
  return { ca, cert, key }
}

/** An object with this entry, or an empty one when there is no value. */
function given<N extends string>(name: N, value: string | undefined): { [K in N]?: string } {
  return value === undefined ? {} : { [name]: value } as { [K in N]?: string }
}
