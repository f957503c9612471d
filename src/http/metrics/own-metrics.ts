/** Metrics that the original and its exporter do not have, under the same prefix. */
import type { Now } from '../../core/index.ts'
import { disagrees, type Watched } from '../instances.ts'
import type { HttpWorld } from '../world.ts'
import type { CrashCount } from './crash-count.ts'
import { BLOCKED_REASONS, blockedReasons } from './blocked-reasons.ts'
import { masterLabels } from './exporter-metrics.ts'
import type { FailoverMetrics } from './failover-metrics.ts'
import { fleetId } from './fleet.ts'
import type { LoopDelay } from './loop-delay.ts'
import { processMetrics } from './process-metrics.ts'
import { refusalMetrics, replicaMetrics, type Explained } from './replica-metrics.ts'
import { SharedLabels, type MetricsText, type Sample } from '../../prometheus/index.ts'

export interface OwnSources {
  readonly failovers: FailoverMetrics
  readonly crashes: CrashCount
  readonly loopDelay: LoopDelay
  readonly streams: () => number
}

export interface OwnMetricsOptions {
  readonly world: HttpWorld
  readonly sources: OwnSources
  readonly now: Now
  readonly all: readonly Watched[]
}

export function ownMetrics(text: MetricsText, { world, sources, now, all }: OwnMetricsOptions): void {
  const { failovers, crashes, loopDelay, streams } = sources
  text.gauge('redis_sentinel_build_info', 'Release of ts-sentinel',
    { labels: { version: world.facts.packageVersion }, value: 1 })
  text.gauge('redis_sentinel_current_epoch', 'The epoch of this sentinel', Number(world.view.currentEpoch))
  failovers.write(text, now.mono, world.view.masterNames())
  masterMetrics(text, all)
  fleetMetrics(text, world, all)
  replicaMetrics(text, all)
  explainedMetrics(text, world, now)
  crashMetrics(text, crashes, all)
  saveMetrics(text, world)
  stateFileMetrics(text, world)
  webhookMetrics(text, world)
  lookupMetrics(text, world)
  text.histogram('redis_sentinel_event_loop_delay_seconds', 'Delay of timers in this process',
    [{ labels: {}, histogram: loopDelay.histogram }])
  text.gauge('redis_sentinel_event_streams', 'Open streams of /events', streams())
  processMetrics(text)
}

function masterMetrics(text: MetricsText, all: readonly Watched[]): void {
  const labelled = all.map((of) => ({ of, labels: new SharedLabels(masterLabels(of.master)) }))
  const samples = (value: (of: Watched) => number): Sample[] => (
    labelled.map(({ of, labels }) => ({ labels, value: value(of) }))
  )
  const down = all.flatMap((of): Sample[] => [
    { labels: { ...masterLabels(of.master), kind: 'sdown' }, value: (of.master.sdownMs ?? 0) / 1000 },
    { labels: { ...masterLabels(of.master), kind: 'odown' }, value: (of.master.odownMs ?? 0) / 1000 },
  ])
  text.gauge('redis_sentinel_master_down_seconds', 'How long the master has been down, 0 when it is up', ...down)
  text.gauge('redis_sentinel_master_witnessed_seconds', 'How long SDOWN has been withheld because replicas receive data of the master, 0 when it is not',
    ...samples(({ master }) => (master.witnessed?.forMs ?? 0) / 1000))
  text.gauge('redis_sentinel_master_paused_seconds', 'How long failovers of the master are still paused on this sentinel, 0 when they are not',
    ...samples(({ master }) => (master.pause?.leftMs ?? 0) / 1000))
  text.gauge('redis_sentinel_master_pause_effective', '1 while so many sentinels are known to be paused that no failover is possible',
    ...samples(({ master }) => master.pause?.effective === true ? 1 : 0))
  text.gauge('redis_sentinel_master_failover_in_progress', '1 while this sentinel leads a failover of the master',
    ...samples(({ master }) => master.failoverState === undefined ? 0 : 1))
  text.gauge('redis_sentinel_master_lost_data', '1 while the master lacks the data that it had before its restart',
    ...samples(({ master }) => master.lostData === undefined ? 0 : 1))
  text.gauge('redis_sentinel_master_foreign_nodes', 'Nodes at addresses of replicas that hold the data of another deployment',
    ...samples(({ replicas }) => replicas.filter(({ isForeign }) => isForeign).length))
  text.gauge('redis_sentinel_master_forgotten', 'Replicas and sentinels of the master that were forgotten and stay away',
    ...samples(({ master }) => master.forgotten?.length ?? 0))
  text.gauge('redis_sentinel_master_disagreeing_sentinels', 'Sentinels that announce another address of this master',
    ...samples(({ peers }) => peers.filter(disagrees).length))
  text.gauge('redis_sentinel_master_disagreement_seconds', 'How long the first of them has done so, 0 when none has for 10 s',
    ...samples(({ peers }) => Math.max(0, ...peers.filter(disagrees).map(({ disagreesMs = 0 }) => disagreesMs)) / 1000))
}

function fleetMetrics(text: MetricsText, { view }: HttpWorld, all: readonly Watched[]): void {
  text.gauge('redis_sentinel_master_fleet_info', 'The fleet that watches the master: the smallest id of its sentinels', ...all.map(
    ({ master: { name }, peers }) => ({ labels: { master_name: name, fleet: fleetId(view.myId, peers) }, value: 1 }),
  ))
}

/** What SENTINEL EXPLAIN knows: why no failover is possible, and which nodes refuse commands. */
function explainedMetrics(text: MetricsText, { view }: HttpWorld, now: Now): void {
  const all = view.masterNames().flatMap((name): Explained[] => {
    const explanation = view.explain(name, now)
    return explanation === undefined ? [] : [{ name, explanation }]
  })
  text.gauge('redis_sentinel_master_failover_blocked', '1 while this reason prevents a failover, or would if the master died now',
    ...all.flatMap(({ name, explanation }) => {
      const blocked = blockedReasons(explanation)
      return BLOCKED_REASONS.map((reason): Sample => (
        { labels: { master_name: name, reason }, value: blocked.has(reason) ? 1 : 0 }
      ))
    }))
  refusalMetrics(text, all)
  tiltMetrics(text, all)
}

/** Of two series one is 1 in TILT. */
function tiltMetrics(text: MetricsText, all: readonly Explained[]): void {
  const tilts = all.flatMap(({ explanation }) => explanation.reasons.filter((reason) => reason.kind === 'tilt'))
  const kind = tilts[0]?.cause?.kind
  const value = (isCause: boolean): number => kind !== undefined && isCause ? 1 : 0
  text.gauge('redis_sentinel_tilt_cause', '1 in TILT, of its cause: the process was stopped, or its clock jumped',
    { labels: { cause: 'stopped' }, value: value(kind === 'stopped') },
    { labels: { cause: 'clock' }, value: value(kind !== 'stopped') })
}

function crashMetrics(text: MetricsText, crashes: CrashCount, all: readonly Watched[]): void {
  crashes.keepOnly(new Set(all.map(({ master }) => master.name)))
  text.counter('redis_sentinel_master_crashes_detected_total', 'Times that the master was taken for down because its process had ended (crash-detection)',
    ...all.map(({ master: { name } }) => ({ labels: { master_name: name }, value: crashes.of(name) })))
}

function saveMetrics(text: MetricsText, { saves }: HttpWorld): void {
  const { error, failuresTotal, savesTotal } = saves()
  text.counter('redis_sentinel_config_saves_total', 'Times that the configuration file was rewritten', savesTotal)
  text.counter('redis_sentinel_config_save_failures_total', 'Times that rewriting the configuration file failed', failuresTotal)
  text.gauge('redis_sentinel_config_save_failing', '1 while the last save of the configuration file failed',
    error === undefined ? 0 : 1)
}

function stateFileMetrics(text: MetricsText, { keeps }: HttpWorld): void {
  const { error, failuresTotal, writesTotal } = keeps()
  text.counter('redis_sentinel_state_file_writes_total', 'Times that the file of remembered state was written', writesTotal)
  text.counter('redis_sentinel_state_file_write_failures_total', 'Times that writing the file of remembered state failed', failuresTotal)
  text.gauge('redis_sentinel_state_file_failing', '1 while the last write of the file of remembered state failed',
    error === undefined ? 0 : 1)
}

function webhookMetrics(text: MetricsText, { webhooks }: HttpWorld): void {
  const states = webhooks()
  text.gauge('redis_sentinel_webhook_queue_length', 'Events that wait for the webhook',
    ...states.map(({ name, queued }) => ({ labels: { webhook: name }, value: queued })))
  text.counter('redis_sentinel_webhook_events_total', 'Events of the webhook by result',
    ...states.flatMap(({ name, delivered, failed, dropped }) => Object.entries({ delivered, failed, dropped })
      .map(([result, value]) => ({ labels: { webhook: name, result }, value }))))
  text.counter('redis_sentinel_webhook_failed_attempts_total', 'Failed requests to the webhook',
    ...states.map(({ name, failedAttempts }) => ({ labels: { webhook: name }, value: failedAttempts })))
}

function lookupMetrics(text: MetricsText, { lookups }: HttpWorld): void {
  const { failing, failuresTotal, lookupsTotal } = lookups
  text.counter('redis_sentinel_name_lookups_total', 'Lookups of host names', lookupsTotal)
  text.counter('redis_sentinel_name_lookup_failures_total', 'Lookups of host names without an answer', failuresTotal)
  text.gauge('redis_sentinel_names_failing', 'Host names whose last lookup failed', failing)
}
