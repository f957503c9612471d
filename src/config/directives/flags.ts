import { flag } from './directive.ts'

const NO_ACTIVE_DEFRAG = 'Active defragmentation cannot be enabled: it requires a Redis server compiled with a modified Jemalloc like the one shipped by default with the Redis source distribution'

const OFF = [
  'always-show-logo', 'aof-disable-auto-gc', 'aof-timestamp-enabled', 'appendonly', 'cluster-allow-reads-when-down',
  'cluster-enabled', 'cluster-slot-stats-enabled', 'daemonize', 'dual-channel-replication-enabled',
  'enable-debug-assert', 'extended-redis-compatibility', 'hide-user-data-from-log', 'io-threads-do-reads',
  'lazyfree-lazy-eviction', 'lazyfree-lazy-expire', 'lazyfree-lazy-server-del', 'lazyfree-lazy-user-del',
  'lazyfree-lazy-user-flush', 'no-appendfsync-on-rewrite', 'rdb-del-sync-files', 'repl-disable-tcp-nodelay',
  'replica-ignore-disk-write-errors', 'syslog-enabled', 'tls-cluster', 'tls-prefer-server-ciphers', 'tls-replication',
  'use-exit-on-panic',
]

const ON = [
  'activerehashing', 'aof-load-truncated', 'aof-rewrite-incremental-fsync', 'aof-use-rdb-preamble',
  'cluster-allow-pubsubshard-when-down', 'cluster-allow-replica-migration', 'cluster-require-full-coverage',
  'crash-log-enabled', 'crash-memcheck-enabled', 'disable-thp', 'dynamic-hz', 'jemalloc-bg-thread', 'latency-tracking',
  'rdb-save-incremental-fsync', 'rdbchecksum', 'rdbcompression', 'repl-diskless-sync', 'replica-announced',
  'set-proc-title', 'stop-writes-on-bgsave-error', 'tls-session-caching',
]

/** Directives whose value is `yes` or `no`. */
export const FLAGS = [
  flag('protected-mode', 'yes', { sentinelInitial: ['no'] }),
  ...OFF.map((name) => flag(name, 'no')),
  ...ON.map((name) => flag(name, 'yes')),
  flag('activedefrag', 'no', { neverOn: NO_ACTIVE_DEFRAG }),
  flag('cluster-replica-no-failover', 'no', { aliases: ['cluster-slave-no-failover'] }),
  flag('replica-ignore-maxmemory', 'yes', { aliases: ['slave-ignore-maxmemory'] }),
  flag('replica-lazy-flush', 'no', { aliases: ['slave-lazy-flush'] }),
  flag('replica-read-only', 'yes', { aliases: ['slave-read-only'] }),
  flag('replica-serve-stale-data', 'yes', { aliases: ['slave-serve-stale-data'] }),
]
