/**
 * The metrics that redis_exporter has for a sentinel, with the same names, labels, help and values, so that dashboards
 * and alerts keep working. Release 1.45 has those up to `ckquorum_status`, later ones the rest.
 */
import type { MasterView, Now, SentinelSummary } from '../../core/index.ts'
import type { Watched } from '../instances.ts'
import type { HttpWorld } from '../world.ts'
import { SharedLabels, type Labels, type MetricsText, type Sample } from '../../prometheus/index.ts'

type World = Pick<HttpWorld, 'view' | 'scripts' | 'connectedClients' | 'facts'>

export function exporterMetrics(
  text: MetricsText, world: World, { now, all }: { readonly now: Now, readonly all: readonly Watched[] },
): void {
  const summary = world.view.summary(now)
  processMetrics(text, world, now)
  sentinelMetrics(text, world, summary)
  summaryMetrics(text, summary)
  masterMetrics(text, all)
}

/** The labels of all series of one master. The exporter takes the address from INFO, where IPv6 has no brackets. */
export function masterLabels({ name, host, port }: Pick<MasterView, 'name' | 'host' | 'port'>): Labels {
  return { master_address: `${host}:${port}`, master_name: name }
}

function processMetrics(text: MetricsText, { facts, connectedClients }: World, now: Now): void {
  const { version, runId, processId, operatingSystem, tcpPort, startedAt } = facts
  text.gauge('redis_up', 'Information about the Redis instance', 1)
  text.gauge('redis_instance_info', 'Information about the Redis instance', {
    labels: {
      os: operatingSystem, process_id: String(processId), redis_mode: 'sentinel', redis_version: version, role: '',
      run_id: runId, tcp_port: String(tcpPort),
    },
    value: 1,
  })
  text.gauge('redis_connected_clients', 'connected_clients metric', connectedClients())
  text.gauge('redis_uptime_in_seconds', 'uptime_in_seconds metric', Math.floor((now.mono - startedAt.mono) / 1000))
}

function sentinelMetrics(
  text: MetricsText, { scripts }: World,
  { masters, tilt, simulatedFailure: { crashAfterElection, crashAfterPromotion } }: SentinelSummary,
): void {
  const pending = scripts.pending()
  text.gauge('redis_sentinel_masters', 'The number of masters this sentinel is watching', masters.length)
  text.gauge('redis_sentinel_tilt', 'Sentinel is in TILT mode', tilt ? 1 : 0)
  text.gauge('redis_sentinel_running_scripts', 'Number of scripts in execution right now',
    pending.filter(({ state }) => state === 'running').length)
  text.gauge('redis_sentinel_scripts_queue_length', 'Queue of user scripts to execute', pending.length)
  text.gauge('redis_sentinel_simulate_failure_flags', 'Failures simulations',
    (crashAfterElection ? 1 : 0) + (crashAfterPromotion ? 2 : 0))
}

function summaryMetrics(text: MetricsText, { masters }: SentinelSummary): void {
  const samples = (value: (master: typeof masters[number]) => number): Sample[] => masters.map((master) => ({
    labels: masterLabels(master), value: value(master),
  }))
  text.gauge('redis_sentinel_master_status', 'Master status on Sentinel', ...masters.map(({ name, host, port, status }) => ({
    labels: { master_address: `${host}:${port}`, master_name: name, master_status: status },
    value: status === 'ok' ? 1 : 0,
  })))
  text.gauge('redis_sentinel_master_slaves', 'The number of slaves of the master', ...samples(({ replicas }) => replicas))
  text.gauge('redis_sentinel_master_sentinels', 'The number of sentinels monitoring this master',
    ...samples(({ sentinels }) => sentinels))
}

function masterMetrics(text: MetricsText, all: readonly Watched[]): void {
  const labelled = all.map((of) => ({ of, labels: new SharedLabels(masterLabels(of.master)) }))
  const gauge = (name: string, help: string, value: (of: Watched) => number) => {
    text.gauge(`redis_sentinel_master_${name}`, help, ...labelled.map(({ of, labels }) => ({ labels, value: value(of) })))
  }
  text.gauge('redis_sentinel_master_ckquorum_status', 'Master ckquorum status', ...all.map(({ master, quorum }) => ({
    labels: { master_name: master.name, message: quorum.message }, value: quorum.ok ? 1 : 0,
  })))
  // The exporter uses SENTINEL REPLICAS, which leaves out replicas that are not announced.
  gauge('ok_slaves', 'The number of okay slaves of the master',
    ({ replicas }) => replicas.filter((replica) => replica.announced && isUp(replica)).length)
  gauge('ok_sentinels', 'The number of okay sentinels monitoring this master', ({ peers }) => 1 + peers.filter(isUp).length)
  gauge('setting_ckquorum', 'Show the current ckquorum config for each master', ({ master }) => master.settings.quorum)
  gauge('setting_failover_timeout', 'Show the current failover-timeout config for each master',
    ({ master }) => master.settings.failoverTimeoutMs)
  gauge('setting_parallel_syncs', 'Show the current parallel-syncs config for each master',
    ({ master }) => master.settings.parallelSyncs)
  gauge('setting_down_after_milliseconds', 'Show the current down-after-milliseconds config for each master',
    ({ master }) => master.downAfterMs)
  gauge('config_epoch', 'The configuration epoch of the master', ({ master }) => Number(master.configEpoch))
  gauge('last_ok_ping_reply_seconds', 'Seconds since the last valid PING reply of the master',
    ({ master }) => master.lastOkPingReplyMs / 1000)
  text.gauge('redis_sentinel_peer_info', 'Information about the other sentinels of the master', ...all.flatMap(
    (of) => of.peers.map(({ name, host, port, runId, flags }) => ({
      labels: { ...masterLabels(of.master), name, ip: host, port: String(port), runid: runId, flags: flags.join(',') }, value: 1,
    })),
  ))
}

/** Whether the exporter counts the instance as up. */
function isUp({ flags }: { readonly flags: readonly string[] }): boolean {
  return !flags.includes('s_down') && !flags.includes('o_down')
}
