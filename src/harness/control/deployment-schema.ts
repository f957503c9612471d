import type { DeploymentOptions } from '../options.ts'
import type { JsonSchema } from './parameters.ts'

/** A function cannot be sent as JSON. */
type SentOptions = Omit<DeploymentOptions, 'hostName'>

const TEXT = { type: 'string', minLength: 1 }
const LINES = { type: 'array', items: { type: 'string' } }
const COUNT = { type: 'integer', minimum: 1 }
const FLAG = { type: 'boolean' }
const PERSISTENCE = { type: 'string', enum: ['none', 'aof', 'rdb'] }
const SERVER = {
  oneOf: [
    TEXT,
    { type: 'object', required: ['path'], properties: { path: TEXT, env: { type: 'object', additionalProperties: { type: 'string' } } } },
    { type: 'object', required: ['source'], properties: { source: TEXT } },
  ],
}
const MODULES = { type: 'array', items: { oneOf: [TEXT, { type: 'array', items: TEXT, minItems: 1 }] } }
const NODE = {
  type: 'object',
  additionalProperties: false,
  properties: { priority: { type: 'integer', minimum: 0 }, persistence: PERSISTENCE, config: LINES, modules: MODULES, server: SERVER },
}
const REPLICAS = { oneOf: [{ type: 'integer', minimum: 0 }, { type: 'array', items: NODE }] }
const KIND = { type: 'string', enum: ['ours', 'genuine'] }
const MASTER = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: TEXT, replicas: REPLICAS, quorum: COUNT, downAfterMs: COUNT, failoverTimeoutMs: COUNT, parallelSyncs: COUNT,
    password: TEXT, node: NODE, persistence: PERSISTENCE, redisConfig: LINES, sentinelConfig: LINES, modules: MODULES,
    server: SERVER,
  },
}

function described(schema: JsonSchema, description: string): JsonSchema {
  return { ...schema, description }
}

/** The options of a deployment as JSON Schema: one entry for each option. `validateOptions` checks them. */
export const DEPLOYMENT_SCHEMA: Readonly<Record<keyof SentOptions, JsonSchema>> = {
  masters: described({ type: 'array', items: MASTER }, 'the monitored masters; default: one, named mymaster'),
  replicas: described(REPLICAS, 'replicas of each master; default: 2'),
  sentinels: described({
    oneOf: [{ type: 'integer', minimum: 0 }, { type: 'array', items: KIND }],
  }, 'a number of sentinels of ours, or the program of each; default: 3'),
  server: described(SERVER, 'the program of the data nodes; default: REDIS_SERVER, or redis-server on the PATH'),
  requires: described({ oneOf: [TEXT, LINES] }, 'what the servers must be, such as redis>=6.2'),
  quorum: described(COUNT, 'sentinels that must agree that a master is down; default: the majority'),
  downAfterMs: described(COUNT, 'down-after-milliseconds; default: 1000, or 1200 with genuine sentinels'),
  failoverTimeoutMs: described(COUNT, 'failover-timeout; default: 10000'),
  parallelSyncs: described(COUNT, 'parallel-syncs; default: 1'),
  password: described(TEXT, 'password of all data nodes'),
  user: described(TEXT, 'ACL user of the data nodes with this password'),
  sentinelPassword: described(TEXT, 'password of all sentinels'),
  sentinelUser: described(TEXT, 'ACL user of the sentinels with this password'),
  tls: described(FLAG, 'TLS for all connections, with certificates made for this deployment'),
  persistence: described(PERSISTENCE, 'what a redis-server keeps over a restart; default: none'),
  redisConfig: described(LINES, 'more lines for the file of every redis-server'),
  sentinelConfig: described(LINES, 'more lines for the file of every sentinel'),
  network: described({ type: 'string', enum: ['direct', 'relayed'] }, 'relayed: faults of the network are possible (Linux)'),
  clients: described(LINES, 'names of applications that faults of the network can hit alone'),
  modules: described(MODULES, 'modules that every redis-server loads: a path, or a list of the path and arguments'),
  slowDisks: described(FLAG, 'slow-disk needs no strace for sentinels of ours'),
  clockFaults: described({
    oneOf: [FLAG, { type: 'object', additionalProperties: false, required: ['libfaketime'], properties: { libfaketime: TEXT } }],
  }, 'enables clock-jump; for redis-server and redis-sentinel with libfaketime, whose path can be given'),
  resolver: described(FLAG, 'enables resolver-fail and resolver-move'),
  proxy: described({
    oneOf: [FLAG, { type: 'object', additionalProperties: false, properties: { config: LINES } }],
  }, 'a proxy for clients without Sentinel support, with more lines for its file'),
  formed: described(FLAG, 'wait until the sentinels know each other; default: true'),
  started: described(FLAG, 'start the processes; default: true'),
  programs: described({
    type: 'object',
    additionalProperties: false,
    properties: { tsSentinel: TEXT, nodeOptions: LINES, redisSentinel: TEXT, redisServer: TEXT },
  }, 'paths of the programs'),
  folderPrefix: described(TEXT, 'start of the name of the temporary folder'),
}
