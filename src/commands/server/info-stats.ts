import type { CommandEnvironment } from '../environment.ts'
import type { InfoField } from './info-section.ts'
import { zeros } from './info-section.ts'

const BYTES_PER_KB = 1024

export function statsSection(env: CommandEnvironment): readonly InfoField[] {
  const { counters, clients } = env
  return [
    ...traffic(env),
    ['rejected_connections', counters.connectionsRejected],
    ...zeros('sync_full', 'sync_partial_ok', 'sync_partial_err', 'expired_subkeys', 'expired_keys'),
    ['expired_stale_perc', '0.00'],
    ...zeros(
      'expired_time_cap_reached_count', 'expire_cycle_cpu_milliseconds', 'evicted_keys', 'evicted_clients',
      'evicted_scripts', 'total_eviction_exceeded_time', 'current_eviction_exceeded_time', 'keyspace_hits',
      'keyspace_misses',
    ),
    ['pubsub_channels', clients.channelCount],
    ['pubsub_patterns', clients.patternCount],
    ...zeros(
      'pubsubshard_channels', 'latest_fork_usec', 'total_forks', 'migrate_cached_sockets',
      'slave_expires_tracked_keys', 'active_defrag_hits', 'active_defrag_misses', 'active_defrag_key_hits',
      'active_defrag_key_misses', 'total_active_defrag_time', 'current_active_defrag_time', 'tracking_total_keys',
      'tracking_total_items', 'tracking_total_prefixes', 'unexpected_error_replies',
    ),
    ['total_error_replies', counters.errorReplies],
    ['dump_payload_sanitizations', 0],
    ['total_reads_processed', counters.reads],
    ['total_writes_processed', counters.writes],
    ...zeros('io_threaded_reads_processed', 'io_threaded_writes_processed'),
    ['client_query_buffer_limit_disconnections', counters.queryBufferDisconnections],
    ['client_output_buffer_limit_disconnections', counters.outputBufferDisconnections],
    ...zeros(
      'reply_buffer_shrinks', 'reply_buffer_expands', 'eventloop_cycles', 'eventloop_duration_sum',
      'eventloop_duration_cmd_sum', 'instantaneous_eventloop_cycles_per_sec',
      'instantaneous_eventloop_duration_usec',
    ),
    ['acl_access_denied_auth', counters.deniedAuth],
    ['acl_access_denied_cmd', counters.deniedCommands],
    ['acl_access_denied_key', 0],
    ['acl_access_denied_channel', counters.deniedChannels],
  ]
}

function traffic({ counters, now }: CommandEnvironment): readonly InfoField[] {
  const at = now()
  return [
    ['total_connections_received', counters.connectionsReceived],
    ['total_commands_processed', counters.commandsProcessed],
    ['instantaneous_ops_per_sec', Math.round(counters.commandRate.perSecond(at))],
    ['total_net_input_bytes', counters.inputBytes],
    ['total_net_output_bytes', counters.outputBytes],
    ...zeros('total_net_repl_input_bytes', 'total_net_repl_output_bytes'),
    ['instantaneous_input_kbps', (counters.inputRate.perSecond(at) / BYTES_PER_KB).toFixed(2)],
    ['instantaneous_output_kbps', (counters.outputRate.perSecond(at) / BYTES_PER_KB).toFixed(2)],
    ['instantaneous_input_repl_kbps', '0.00'],
    ['instantaneous_output_repl_kbps', '0.00'],
  ]
}
