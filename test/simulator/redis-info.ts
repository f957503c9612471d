/** INFO as Redis 7.0 prints it: the fields that sentinels and people read, in the order of the original. */
import type { RedisNode } from './redis-model.ts'

export function infoText(node: RedisNode): string {
  return [server(node), clients(node), persistence(node), replication(node), keyspace(node)].map((lines) => `${lines.join('\r\n')}\r\n`).join('\r\n')
}

function server(node: RedisNode): string[] {
  return [
    '# Server',
    `redis_version:${node.version}`,
    'redis_git_sha1:00000000',
    'redis_git_dirty:0',
    'redis_build_id:ae4d7c971a948f0',
    'redis_mode:standalone',
    'os:Linux 6.1.0 x86_64',
    'arch_bits:64',
    'monotonic_clock:POSIX clock_gettime',
    'multiplexing_api:epoll',
    'atomicvar_api:c11-builtin',
    'gcc_version:12.2.0',
    'process_id:1',
    'process_supervised:no',
    `run_id:${node.runId}`,
    `tcp_port:${node.port}`,
    `server_time_usec:${node.nowMicros}`,
    `uptime_in_seconds:${node.uptimeSeconds}`,
    `uptime_in_days:${Math.floor(node.uptimeSeconds / 86_400)}`,
    'hz:10',
    'configured_hz:10',
    'lru_clock:94465',
    'executable:/usr/bin/redis-server',
    'config_file:/etc/redis/redis.conf',
    'io_threads_active:0',
    ...node.zone === undefined ? [] : [`availability_zone:${node.zone}`],
  ]
}

function clients(node: RedisNode): string[] {
  return ['# Clients', `connected_clients:${node.clientCount}`]
}

function persistence({ isLoading, dataset: { found, writes } }: RedisNode): string[] {
  return [
    '# Persistence',
    `loading:${isLoading ? 1 : 0}`,
    `rdb_changes_since_last_save:${writes.length}`,
    'rdb_last_save_time:1796000000',
    `rdb_last_load_keys_loaded:${found.rdbKeys}`,
    `aof_enabled:${found.aof ? 1 : 0}`,
  ]
}

function replication(node: RedisNode): string[] {
  const { dataset } = node
  const histlen = dataset.backlogFrom === undefined ? 0 : dataset.offset - dataset.backlogFrom
  return [
    '# Replication',
    `role:${node.isMaster ? 'master' : 'slave'}`,
    ...replicaFields(node),
    ...minReplicas(node),
    `connected_slaves:${node.replication.followers.size}`,
    ...followerLines(node),
    ...node.isOld ? [] : [`master_failover_state:${node.handover.state}`],
    `master_replid:${dataset.replid}`,
    `master_replid2:${dataset.replid2}`,
    `master_repl_offset:${dataset.offset}`,
    `second_repl_offset:${dataset.secondOffset < 0 ? -1 : dataset.secondOffset + 1}`,
    `repl_backlog_active:${dataset.backlogFrom === undefined ? 0 : 1}`,
    'repl_backlog_size:1048576',
    `repl_backlog_first_byte_offset:${dataset.backlogFrom === undefined ? 0 : dataset.backlogFrom + 1}`,
    `repl_backlog_histlen:${histlen}`,
  ]
}

function replicaFields(node: RedisNode): string[] {
  const { replication: { master, isLinkUp, linkState, lastIo, downSince }, dataset } = node
  if (master === undefined) return []
  const offset = dataset.hasPosition ? dataset.offset : 1
  const seconds = (since: number) => Math.floor((node.nowMicros - since) / 1_000_000)
  return [
    `master_host:${master.host}`,
    `master_port:${master.port}`,
    `master_link_status:${isLinkUp ? 'up' : 'down'}`,
    `master_last_io_seconds_ago:${isLinkUp ? wholeSeconds(node, node.nowMicros) - wholeSeconds(node, lastIo) : -1}`,
    `master_sync_in_progress:${linkState === 'syncing' ? 1 : 0}`,
    `slave_read_repl_offset:${offset}`,
    `slave_repl_offset:${offset}`,
    ...(isLinkUp ? [] : [`master_link_down_since_seconds:${downSince === undefined ? -1 : seconds(downSince)}`]),
    `slave_priority:${node.priority}`,
    'slave_read_only:1',
    `replica_announced:${node.isAnnounced ? 1 : 0}`,
  ]
}

/** Redis takes the difference of two readings of its clock in seconds, which is up to 1 s smaller or greater. */
function wholeSeconds({ clockPhase }: RedisNode, moment: number): number {
  return Math.floor((moment + clockPhase) / 1_000_000)
}

function keyspace({ dataset }: RedisNode): string[] {
  const keys = dataset.writes.length
  return ['# Keyspace', ...keys === 0 ? [] : [`db0:keys=${keys},expires=0,avg_ttl=0`]]
}

function minReplicas(node: RedisNode): string[] {
  return node.minReplicasToWrite === 0 ? [] : [`min_slaves_good_slaves:${node.goodFollowers}`]
}

function followerLines(node: RedisNode): string[] {
  return node.replication.followers.all().map(({ ip, port, state, offset, ackedAt }, at) => {
    const lag = Math.floor((node.nowMicros - ackedAt) / 1_000_000)
    return `slave${at}:ip=${ip},port=${port},state=${state},offset=${offset},lag=${state === 'online' ? lag : 0}`
  })
}
