/** Series as Prometheus scrapes them from a fleet, for rehearsals of the alerts with `promtool test rules`. */

/** Seconds between two scrapes, as in conf/examples/prometheus.yml. */
export const SCRAPE_S = 15

/** The value at a scrape; undefined: the series is absent. Scrapes are counted from 0. */
export type At = (scrape: number) => number | undefined

export interface Series {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  at: At
}

export type Labels = Readonly<Record<string, string>>

/** Number of the first scrape after so many minutes. */
export const minute = (minutes: number): number => Math.round(minutes * 60 / SCRAPE_S)

/** `before`, and from that minute on `after`. */
export const from = (minutes: number, after: number, before = 0): At =>
  (scrape) => scrape >= minute(minutes) ? after : before

/** 0, and from that minute on the seconds that have passed since then, as a duration shows them. */
export const since = (minutes: number): At => (scrape) => Math.max(0, (scrape - minute(minutes)) * SCRAPE_S)

export interface FleetOptions {
  readonly sentinels?: readonly string[]
  /** Value of the label `fleet` of redis_sentinel_master_fleet_info. */
  readonly id?: string
  /** Labels that the scrape configuration gives to all series of the fleet. */
  readonly target?: Labels
  readonly master?: string
  readonly address?: string
  readonly replicas?: readonly string[]
}

export const REASONS = [
  'tilt', 'paused', 'no_quorum', 'quorum_unreachable', 'no_majority', 'peers_refuse', 'no_replica', 'replica_down',
  'replica_priority_zero', 'replica_excluded', 'replica_not_synchronised', 'replica_foreign', 'replica_permission',
  'replica_password', 'replica_refuses', 'waiting',
]

const ENDS: readonly Labels[] = [
  { role: 'leader', outcome: 'switched', reason: 'odown' }, { role: 'leader', outcome: 'switched', reason: 'forced' },
  { role: 'follower', outcome: 'adopted', reason: 'told' },
  ...['not-elected', 'no-good-slave', 'slave-timeout', 'master-timeout', 'master-answers'].map((reason) => (
    { role: 'leader', outcome: 'aborted', reason }
  )),
]

/** The sentinels that miss a master, and whether a quorum agrees. */
export interface Witnesses {
  readonly instances?: readonly string[]
  readonly agreed?: boolean
}

/** The series of some fleets, healthy until they are changed. */
export class Fleets {
  readonly series: Series[] = []

  add(options: FleetOptions = {}): this {
    const { sentinels = ['s1:26380', 's2:26380', 's3:26380'], target = {} } = options
    for (const instance of sentinels) {
      const add = (name: string, labels: Labels, at: At): void => {
        // Prometheus renames a label of the sentinel that the target has as well.
        const own: Record<string, string> = {}
        for (const [label, value] of Object.entries(labels)) own[label in target ? `exported_${label}` : label] = value
        this.series.push({ name, labels: { job: 'ts-sentinel', instance, ...target, ...own }, at })
      }
      sentinelSeries(add)
      masterSeries(add, options, sentinels.length)
    }
    return this
  }

  /** Gives other values to the series of this name with these labels; a new series where there is none. */
  set(name: string, labels: Labels, at: At): this {
    const full = name.startsWith('up') || name.startsWith('process_') ? name : `redis_sentinel_${name}`
    const found = this.series.filter((one) => one.name === full && hasLabels(one, labels))
    for (const one of found) one.at = at
    if (found.length === 0) this.series.push({ name: full, labels: { job: 'ts-sentinel', ...labels }, at })
    return this
  }

  /** The sentinel cannot be scraped from that minute on: all of its series are stale. */
  end(instance: string, minutes: number): this {
    for (const one of this.series.filter(({ labels }) => labels['instance'] === instance)) {
      const { at } = one
      if (one.name === 'up') one.at = from(minutes, 0, 1)
      else one.at = (scrape) => scrape >= minute(minutes) ? undefined : at(scrape)
    }
    return this
  }

  /** The master is silent from that minute on, as these sentinels see it (default: all). */
  loseMaster(minutes: number, { instances, agreed = true }: Witnesses = {}): this {
    for (const labels of instances?.map((instance) => ({ instance })) ?? [{}]) {
      this.set('master_down_seconds', { ...labels, kind: 'sdown' }, since(minutes))
      if (agreed) this.set('master_down_seconds', { ...labels, kind: 'odown' }, since(minutes))
    }
    return this
  }

  /** The quorum is lost, as these sentinels see it (default: all), with a message that changes every 30 s. */
  loseQuorum(minutes: number, instances: readonly string[] = ['s1:26380', 's2:26380', 's3:26380']): this {
    const lost = minute(minutes)
    for (const instance of instances) {
      this.set('master_ckquorum_status', { instance }, (scrape) => scrape >= lost ? undefined : 1)
      for (const turn of [0, 1]) {
        const labels = { instance, master_name: 'm', message: `NOQUORUM ${turn + 1} usable Sentinels` }
        this.series.push({
          name: 'redis_sentinel_master_ckquorum_status', labels: { job: 'ts-sentinel', ...labels },
          at: (scrape) => scrape >= lost && Math.floor(scrape / 2) % 2 === turn ? 0 : undefined,
        })
      }
    }
    return this
  }
}

type Add = (name: string, labels: Labels, at: At) => void

function sentinelSeries(add: Add): void {
  add('up', {}, () => 1)
  add('process_start_time_seconds', {}, () => 1_700_000_000)
  for (const name of [
    'tilt', 'config_save_failing', 'state_file_failing', 'names_failing', 'script_failures_total',
  ]) add(`redis_sentinel_${name}`, {}, () => 0)
  for (const cause of ['stopped', 'clock']) add('redis_sentinel_tilt_cause', { cause }, () => 0)
  add('redis_sentinel_webhook_events_total', { webhook: 'ops', result: 'delivered' }, (scrape) => scrape)
  add('redis_sentinel_webhook_events_total', { webhook: 'ops', result: 'failed' }, () => 0)
  for (const le of ['0.01', '1', '+Inf']) {
    add('redis_sentinel_event_loop_delay_seconds_bucket', { le }, (scrape) => 100 * scrape)
  }
}

function masterSeries(add: Add, options: FleetOptions, sentinels: number): void {
  const { id = 'f1', master = 'm', address = '10.0.0.1:6379', replicas = ['10.0.0.2:6379', '10.0.0.3:6379'] } = options
  const name = { master_name: master }
  const both = { ...name, master_address: address }
  add('redis_sentinel_master_fleet_info', { ...name, fleet: id }, () => 1)
  add('redis_sentinel_master_ckquorum_status', { ...name, message: `OK ${sentinels} usable Sentinels` }, () => 1)
  add('redis_sentinel_master_status', { ...both, master_status: 'ok' }, () => 1)
  add('redis_sentinel_master_ok_slaves', both, () => replicas.length)
  add('redis_sentinel_master_sentinels', both, () => sentinels)
  add('redis_sentinel_master_ok_sentinels', both, () => sentinels)
  for (const kind of ['sdown', 'odown']) add('redis_sentinel_master_down_seconds', { ...both, kind }, () => 0)
  for (const zero of [
    'witnessed_seconds', 'paused_seconds', 'failover_in_progress', 'lost_data', 'foreign_nodes', 'disagreement_seconds',
  ]) add(`redis_sentinel_master_${zero}`, both, () => 0)
  add('redis_sentinel_master_crashes_detected_total', name, () => 0)
  for (const reason of REASONS) add('redis_sentinel_master_failover_blocked', { ...name, reason }, () => 0)
  for (const end of ENDS) add('redis_sentinel_failovers_total', { ...name, ...end }, () => 0)
  for (const replica of replicas) {
    const labels = { ...name, replica_address: replica }
    add('redis_sentinel_replica_up', labels, () => 1)
    add('redis_sentinel_replica_link_up', labels, () => 1)
    add('redis_sentinel_replica_lag_bytes', labels, (scrape) => 1000 * (scrape % 7))
  }
  for (const [role, node] of [['master', address], ...replicas.map((replica) => ['replica', replica] as const)] as const) {
    for (const cause of ['password', 'permission']) {
      add('redis_sentinel_node_refuses', { ...name, role, address: node, cause }, () => 0)
    }
  }
}

function hasLabels({ labels }: Series, wanted: Labels): boolean {
  return Object.entries(wanted).every(([label, value]) => labels[label] === value)
}
