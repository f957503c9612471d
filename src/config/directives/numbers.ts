import { INT32_MAX, INT64_MAX } from '../number-readers.ts'
import { integer, memory, type Directive } from './directive.ts'

const I = INT32_MAX
const L = INT64_MAX
const U = 4_294_967_295n
const MEGABYTE = 1n << 20n

const PORTS = [
  integer('port', 0, 65_535, 6379, { sentinelInitial: ['26379'] }),
  integer('tls-port', 0, 65_535, 0),
  ...['cluster-announce-bus-port', 'cluster-announce-port', 'cluster-announce-tls-port', 'cluster-port']
    .map((name) => integer(name, 0, 65_535, 0)),
  integer('replica-announce-port', 0, 65_535, 0, { aliases: ['slave-announce-port'] }),
]

/** Directives other than ports that affect a Sentinel. */
const SERVER = [
  integer('timeout', 0, I, 0),
  integer('tcp-keepalive', 0, I, 300),
  integer('tcp-backlog', 0, I, 511),
  integer('maxclients', 1, U, 10_000),
  integer('acllog-max-len', 0, L, 128),
  integer('io-threads', 1, 128, 1),
  integer('hz', 0, I, 10, { clamp: { min: 1n, max: 500n } }),
  integer('max-new-connections-per-cycle', 1, 1000, 10),
  integer('max-new-tls-connections-per-cycle', 1, 1000, 1),
  integer('tls-session-cache-size', 0, I, 20_480),
  integer('tls-session-cache-timeout', 0, I, 300),
  integer('socket-mark-id', 0, U, 0),
  integer('shutdown-timeout', 0, I, 10),
  integer('watchdog-period', 0, I, 0),
]

const DATA_NODE = [
  integer('active-defrag-cycle-max', 1, 99, 25),
  integer('active-defrag-cycle-min', 1, 99, 1),
  integer('active-defrag-max-scan-fields', 1, L, 1000),
  integer('active-defrag-threshold-lower', 0, 1000, 10),
  integer('active-defrag-threshold-upper', 0, 1000, 100),
  integer('active-expire-effort', 1, 10, 1),
  integer('auto-aof-rewrite-percentage', 0, I, 100),
  integer('busy-reply-threshold', 0, L, 5000, { aliases: ['lua-time-limit'] }),
  integer('cluster-blacklist-ttl', 0, L, 60),
  integer('cluster-migration-barrier', 0, I, 1),
  integer('cluster-node-timeout', 0, L, 15_000),
  integer('cluster-ping-interval', 0, L, 0),
  integer('cluster-replica-validity-factor', 0, I, 10, { aliases: ['cluster-slave-validity-factor'] }),
  integer('databases', 1, I, 16),
  integer('events-per-io-thread', 0, I, 2),
  integer('hash-max-listpack-entries', 0, L, 512, { aliases: ['hash-max-ziplist-entries'] }),
  integer('key-load-delay', -2_147_483_648, I, 0),
  integer('latency-monitor-threshold', 0, L, 0),
  integer('lfu-decay-time', 0, I, 1),
  integer('lfu-log-factor', 0, I, 10),
  integer('list-compress-depth', 0, I, 0),
  integer('list-max-listpack-size', -2_147_483_648, I, -2, { aliases: ['list-max-ziplist-size'] }),
  integer('loading-process-events-interval-bytes', 1024, I, 2_097_152),
  integer('maxmemory-eviction-tenacity', 0, 100, 10),
  // Newer releases stop at 64; the wider range keeps files of 7.0 loadable.
  integer('maxmemory-samples', 1, I, 5),
  integer('min-replicas-max-lag', 0, I, 10, { aliases: ['min-slaves-max-lag'] }),
  integer('min-replicas-to-write', 0, I, 0, { aliases: ['min-slaves-to-write'] }),
  integer('prefetch-batch-max-size', 0, 128, 16),
  integer('rdb-key-save-delay', -2_147_483_648, I, 0),
  integer('repl-backlog-ttl', 0, L, 3600),
  integer('repl-diskless-sync-delay', 0, I, 5),
  integer('repl-diskless-sync-max-replicas', 0, I, 0),
  integer('repl-ping-replica-period', 1, I, 10, { aliases: ['repl-ping-slave-period'] }),
  integer('repl-timeout', 1, I, 60),
  integer('replica-priority', 0, I, 100, { aliases: ['slave-priority'] }),
  integer('set-max-intset-entries', 0, L, 512),
  integer('set-max-listpack-entries', 0, L, 128),
  integer('set-max-listpack-value', 0, L, 64),
  integer('slowlog-log-slower-than', -1, L, 10_000),
  integer('slowlog-max-len', 0, L, 128),
  integer('stream-node-max-entries', 0, L, 100),
  integer('tracking-table-max-keys', 0, L, 1_000_000),
  integer('zset-max-listpack-entries', 0, L, 128, { aliases: ['zset-max-ziplist-entries'] }),
]

const SIZES = [
  memory('client-query-buffer-limit', { min: MEGABYTE, max: L }, '1gb'),
  memory('proto-max-bulk-len', { min: MEGABYTE, max: L }, '512mb'),
  memory('maxmemory-clients', { percent: true }, '0'),
  memory('active-defrag-ignore-bytes', { min: 1n, max: L }, '100mb'),
  memory('auto-aof-rewrite-min-size', {}, '64mb'),
  memory('cluster-link-sendbuf-limit', {}, '0'),
  memory('hash-max-listpack-value', {}, '64', { aliases: ['hash-max-ziplist-value'] }),
  memory('hll-sparse-max-bytes', {}, '3000'),
  memory('maxmemory', {}, '0'),
  memory('repl-backlog-size', { min: 1n, max: L }, '1mb'),
  memory('stream-node-max-bytes', {}, '4kb'),
  memory('zset-max-listpack-value', {}, '64', { aliases: ['zset-max-ziplist-value'] }),
]

/** Directives whose value is a number or a size. */
export const NUMBERS: readonly Directive[] = [
  ...PORTS,
  ...SERVER,
  { kind: 'octal', name: 'unixsocketperm', aliases: [], min: 0n, max: 0o777n, initial: ['0'] },
  ...DATA_NODE,
  ...SIZES,
]
