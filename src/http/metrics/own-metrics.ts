/** What the original and its exporter do not tell, under the same prefix. */
import { disagrees } from '../instances.ts'
import type { HttpWorld } from '../world.ts'
import type { FailoverMetrics } from './failover-metrics.ts'
import type { LoopDelay } from './loop-delay.ts'
import type { MetricsText, Sample } from './text-format.ts'

export interface OwnSources {
  readonly failovers: FailoverMetrics
  readonly loopDelay: LoopDelay
  readonly streams: () => number
}

export function ownMetrics(text: MetricsText, world: HttpWorld, { failovers, loopDelay, streams }: OwnSources): void {
  text.gauge('redis_sentinel_build_info', 'Release of ts-sentinel',
    { labels: { version: world.facts.packageVersion }, value: 1 })
  text.gauge('redis_sentinel_current_epoch', 'The epoch of this sentinel', Number(world.view.currentEpoch))
  failovers.write(text, world.now().mono)
  masterMetrics(text, world)
  saveMetrics(text, world)
  webhookMetrics(text, world)
  text.histogram('redis_sentinel_event_loop_delay_seconds', 'How late a timer of this process comes',
    [{ labels: {}, histogram: loopDelay.histogram }])
  text.gauge('redis_sentinel_event_streams', 'Readers of /events', streams())
}

function masterMetrics(text: MetricsText, { view, now }: HttpWorld): void {
  const at = now()
  const down: Sample[] = []
  const disagreeing: Sample[] = []
  const running: Sample[] = []
  for (const name of view.masterNames()) {
    const master = view.master(name, at)
    if (master === undefined) continue
    const labels = { master_address: `${master.host}:${master.port}`, master_name: name }
    down.push(
      { labels: { ...labels, kind: 'sdown' }, value: (master.sdownMs ?? 0) / 1000 },
      { labels: { ...labels, kind: 'odown' }, value: (master.odownMs ?? 0) / 1000 },
    )
    disagreeing.push({ labels, value: view.peers(name, at).filter(disagrees).length })
    running.push({ labels, value: master.failoverState === undefined ? 0 : 1 })
  }
  text.gauge('redis_sentinel_master_down_seconds', 'How long the master has been down, 0 when it is up', ...down)
  text.gauge('redis_sentinel_master_failover_in_progress', 'This sentinel leads a failover of the master', ...running)
  text.gauge('redis_sentinel_master_disagreeing_sentinels', 'Sentinels that name another address as this master',
    ...disagreeing)
}

function saveMetrics(text: MetricsText, { saves }: HttpWorld): void {
  const { error, failuresTotal, savesTotal } = saves()
  text.counter('redis_sentinel_config_saves_total', 'Times that the configuration file was rewritten', savesTotal)
  text.counter('redis_sentinel_config_save_failures_total', 'Times that rewriting the configuration file failed', failuresTotal)
  text.gauge('redis_sentinel_config_save_failing', 'The configuration file does not hold what it should',
    error === undefined ? 0 : 1)
}

function webhookMetrics(text: MetricsText, { webhooks }: HttpWorld): void {
  const states = webhooks()
  text.gauge('redis_sentinel_webhook_queue_length', 'Events that wait for a webhook',
    ...states.map(({ name, queued }) => ({ labels: { webhook: name }, value: queued })))
  text.counter('redis_sentinel_webhook_events_total', 'Events for a webhook by what came of them',
    ...states.flatMap(({ name, delivered, failed, dropped }) => Object.entries({ delivered, failed, dropped })
      .map(([result, value]) => ({ labels: { webhook: name, result }, value }))))
  text.counter('redis_sentinel_webhook_failed_attempts_total', 'Attempts to send to a webhook that failed',
    ...states.map(({ name, failedAttempts }) => ({ labels: { webhook: name }, value: failedAttempts })))
}
