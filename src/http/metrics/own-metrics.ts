/** Metrics that the original and its exporter do not have, under the same prefix. */
import type { Now } from '../../core/index.ts'
import { disagrees, type Watched } from '../instances.ts'
import type { HttpWorld } from '../world.ts'
import { masterLabels } from './exporter-metrics.ts'
import type { FailoverMetrics } from './failover-metrics.ts'
import type { LoopDelay } from './loop-delay.ts'
import type { MetricsText, Sample } from './text-format.ts'

export interface OwnSources {
  readonly failovers: FailoverMetrics
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
  const { failovers, loopDelay, streams } = sources
  text.gauge('redis_sentinel_build_info', 'Release of ts-sentinel',
    { labels: { version: world.facts.packageVersion }, value: 1 })
  text.gauge('redis_sentinel_current_epoch', 'The epoch of this sentinel', Number(world.view.currentEpoch))
  failovers.write(text, now.mono)
  masterMetrics(text, all)
  saveMetrics(text, world)
  webhookMetrics(text, world)
  text.histogram('redis_sentinel_event_loop_delay_seconds', 'Delay of timers in this process',
    [{ labels: {}, histogram: loopDelay.histogram }])
  text.gauge('redis_sentinel_event_streams', 'Open streams of /events', streams())
}

function masterMetrics(text: MetricsText, all: readonly Watched[]): void {
  const samples = (value: (of: Watched) => number): Sample[] =>
    all.map((of) => ({ labels: masterLabels(of.master), value: value(of) }))
  const down = all.flatMap((of): Sample[] => [
    { labels: { ...masterLabels(of.master), kind: 'sdown' }, value: (of.master.sdownMs ?? 0) / 1000 },
    { labels: { ...masterLabels(of.master), kind: 'odown' }, value: (of.master.odownMs ?? 0) / 1000 },
  ])
  text.gauge('redis_sentinel_master_down_seconds', 'How long the master has been down, 0 when it is up', ...down)
  text.gauge('redis_sentinel_master_witnessed_seconds', 'How long SDOWN has been withheld because replicas receive data of the master, 0 when it is not',
    ...samples(({ master }) => (master.witnessed?.forMs ?? 0) / 1000))
  text.gauge('redis_sentinel_master_failover_in_progress', '1 while this sentinel leads a failover of the master',
    ...samples(({ master }) => master.failoverState === undefined ? 0 : 1))
  text.gauge('redis_sentinel_master_lost_data', '1 while the master lacks the data that it had before its restart',
    ...samples(({ master }) => master.lostData === undefined ? 0 : 1))
  text.gauge('redis_sentinel_master_foreign_nodes', 'Nodes at addresses of replicas that hold the data of another deployment',
    ...samples(({ replicas }) => replicas.filter(({ isForeign }) => isForeign).length))
  text.gauge('redis_sentinel_master_disagreeing_sentinels', 'Sentinels that announce another address of this master',
    ...samples(({ peers }) => peers.filter(disagrees).length))
}

function saveMetrics(text: MetricsText, { saves }: HttpWorld): void {
  const { error, failuresTotal, savesTotal } = saves()
  text.counter('redis_sentinel_config_saves_total', 'Times that the configuration file was rewritten', savesTotal)
  text.counter('redis_sentinel_config_save_failures_total', 'Times that rewriting the configuration file failed', failuresTotal)
  text.gauge('redis_sentinel_config_save_failing', '1 while the last save of the configuration file failed',
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
