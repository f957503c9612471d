/** A simulated deployment on stage: words for what happens to it and for what must follow. Every rule is checked. */
import { expect, it } from 'vitest'
import {
  apply, checkEverything, Cluster, unrest, type ClusterOptions, type Fault, type TraceLine,
} from '../../simulator/index.ts'

/** Events below the level of the log's default, or noise of reconnecting. */
const QUIET_EVENTS = new Set([
  '+role-change', '-role-change', '-cmd-link-reconnection', '-pubsub-link-reconnection',
])

export class Stage {
  readonly cluster: Cluster
  readonly violations
  #markedAt = 0

  constructor(options: ClusterOptions) {
    this.cluster = new Cluster(options)
    this.violations = checkEverything(this.cluster).violations
  }

  /** From here on `lines` and `names` count. */
  mark(): void {
    this.#markedAt = this.cluster.trace.lines.length
  }

  /** What was told since the mark, by one or by all. */
  lines(who?: string): TraceLine[] {
    return this.cluster.trace.lines.slice(this.#markedAt).filter((line) => who === undefined || line.who === who)
  }

  /** The texts of a sentinel's events as its log shows them at its default level. */
  log(who?: string): string[] {
    return this.lines(who)
      .filter(({ event }) => event !== undefined && !QUIET_EVENTS.has(event.name))
      .map(({ text }) => text)
  }

  /** Names of the events in the log. */
  names(who?: string): string[] {
    return this.log(who).map((text) => text.split(' ', 1)[0] ?? '')
  }

  /** When an event was told first since the mark, in milliseconds. */
  at(name: string, who?: string): number {
    const line = this.lines(who).find(({ event }) => event?.name === name)
    if (line === undefined) throw new Error(`${who ?? 'nobody'} did not say ${name}\n${this.tail()}`)
    return line.at / 1000
  }

  count(name: string, who?: string): number {
    return this.lines(who).filter(({ event }) => event?.name === name).length
  }

  /** Who was elected since the mark. */
  get leader(): string {
    const elected = this.lines().filter(({ event }) => event?.name === '+elected-leader')
    expect(elected.map(({ who }) => who), this.tail()).toHaveLength(1)
    return elected[0]?.who ?? ''
  }

  /** The other sentinels. */
  get followers(): string[] {
    const { leader } = this
    return this.cluster.sentinels.map(({ name }) => name).filter((name) => name !== leader)
  }

  /** The node that this sentinel names as master. */
  masterOf(sentinel: string, group = 'mymaster'): string | undefined {
    const address = this.cluster.sentinel(sentinel).view?.clientAddress(group)
    return address === undefined ? undefined : this.cluster.nodeAt(address.host, address.port)?.name
  }

  /** Where all running sentinels agree; undefined when they do not. */
  get agreedMaster(): string | undefined {
    const named = new Set(this.cluster.sentinels.filter(({ isUp }) => isUp).map(({ name }) => this.masterOf(name)))
    return named.size === 1 ? [...named][0] : undefined
  }

  /** Flags of an instance as one sentinel shows them. */
  flags(sentinel: string, instance: string, group = 'mymaster'): string {
    const node = this.cluster.sentinel(sentinel)
    const now = node.now()
    const views = [
      node.view?.master(group, now), ...node.view?.replicas(group, now) ?? [], ...node.view?.peers(group, now) ?? [],
    ]
    const found = views.find((view) => view !== undefined && this.#nameOf(view) === instance)
    return found?.flags.join(',') ?? 'unknown'
  }

  do(fault: Fault): void {
    apply(this.cluster, fault)
  }

  async run(ms: number): Promise<void> {
    await this.cluster.runFor(ms)
  }

  async until(what: string, condition: () => boolean, withinMs: number): Promise<void> {
    await this.cluster.until(what, condition, withinMs)
  }

  /** Runs until somebody (or this one) has said it since the mark. */
  async hears(name: string, withinMs: number, who?: string): Promise<void> {
    await this.until(`${who ?? 'anybody'} says ${name}`, () => this.count(name, who) > 0, withinMs)
  }

  /** Runs until everybody agrees on a master that is one, all follow it, and nothing is flagged. */
  async rests(withinMs: number): Promise<void> {
    await this.until('everything is at rest', () => unrest(this.cluster).length === 0, withinMs)
  }

  tail(): string {
    return this.cluster.trace.tail(60)
  }

  #nameOf({ host, port, runId }: { host: string, port: number, runId: string }): string | undefined {
    const sentinel = this.cluster.sentinels.find(({ id }) => id === runId)
    return sentinel?.name ?? this.cluster.nodeAt(host, port)?.name
  }
}

/** A scenario on a deployment that has found itself. No rule may break in it. */
export function scenario(name: string, options: ClusterOptions, play: (stage: Stage) => Promise<void>): void {
  it(name, async () => {
    await playOn(options, play)
  })
}

export async function playOn(options: ClusterOptions, play: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = new Stage(options)
  await stage.rests(30_000)
  // Everybody has read INFO and heard hellos.
  await stage.run(3000)
  stage.mark()
  await play(stage)
  expect(stage.violations, stage.tail()).toEqual([])
}
