/** Does to a deployment what a plan says, and makes it whole again. */
import { readPayload } from '../../src/events/index.ts'
import {
  CLIENT, messageOf, type Deployment, type Network, type RedisProcess, type SentinelProcess, type TimelineEntry,
} from '../../src/harness/index.ts'
import { pause } from './pacing.ts'
import { describe, type Ambush, type Fault, type PlannedFault, type RoundPlan, type Target } from './plan.ts'

type Process = RedisProcess | SentinelProcess

export class Injector {
  readonly #deployment: Deployment
  readonly #network: Network
  /** What is under way with each process: a start must be over before the next kill. */
  readonly #busy = new Map<string, Promise<void>>()
  readonly #ambushes = new Set<() => void>()
  /** Sentinels whose event is waited for must not be hit after the healing. */
  #isHealing = false

  /** @throws Error unless the deployment is relayed */
  constructor(deployment: Deployment) {
    if (deployment.network === undefined) throw new Error("chaos needs a deployment with network: 'relayed'")
    this.#deployment = deployment
    this.#network = deployment.network
  }

  /** Returns when everything works again: nothing is cut, all processes run. */
  async run(plan: RoundPlan): Promise<void> {
    this.#isHealing = false
    const begin = performance.now()
    for (const planned of plan.faults) {
      await pause(begin + planned.atMs - performance.now())
      this.#apply(planned)
    }
    await pause(begin + plan.healMs - performance.now())
    await this.#heal()
  }

  async #heal(): Promise<void> {
    this.#isHealing = true
    for (const end of this.#ambushes) end()
    this.#ambushes.clear()
    this.#network.heal()
    for (const one of this.#everybody()) if (one.process.paused) one.resume()
    await Promise.all(this.#busy.values())
    await Promise.all(this.#everybody().filter((one) => !one.running).map((one) => one.start()))
    this.#tell('all', 'healed')
  }

  #apply({ fault, lastsMs }: PlannedFault): void {
    this.#tell('plan', describe(fault))
    switch (fault.kind) {
      case 'kill': return this.#kill(this.#find(fault.target), lastsMs)
      case 'pause': return this.#pause(this.#find(fault.target), lastsMs)
      case 'kill all sentinels':
        for (const sentinel of this.#deployment.sentinels) this.#kill(sentinel, lastsMs)
        return undefined
      case 'isolate':
        this.#network.isolate(this.#find(fault.target).name, fault.keepsClients ? [CLIENT] : [])
        return undefined
      case 'split': return this.#split(fault.sides)
      case 'silence': return this.#silence(this.#find(fault.from), this.#find(fault.to))
      case 'mute':
      case 'deafen': return this.#muteOrDeafen(fault.kind, this.#find(fault.target))
      case 'delay': return this.#delay(this.#find(fault.target), fault.delayMs)
      case 'mend': return this.#network.heal()
      case 'failover':
      case 'reset': return this.#order(fault.kind, this.#deployment.sentinel(fault.sentinel))
      case 'ambush': return this.#lieInWait(fault, lastsMs)
    }
  }

  #kill(victim: Process, lastsMs: number | undefined): void {
    this.#queue(victim, async () => { await victim.kill() })
    if (lastsMs === undefined) return
    this.#queue(victim, async () => {
      await this.#wait(lastsMs)
      if (!victim.running) await victim.start()
    })
  }

  #pause(victim: Process, lastsMs: number | undefined): void {
    this.#queue(victim, async () => {
      if (this.#isHealing || !victim.running || victim.process.paused) return
      victim.pause()
      if (lastsMs === undefined) return
      await this.#wait(lastsMs)
      if (victim.process.paused) victim.resume()
    })
  }

  #split(sides: number): void {
    const names = [...this.#names(), CLIENT]
    const left = names.filter((_, at) => (sides >>> at & 1) === 0)
    this.#network.split(left, names.filter((name) => !left.includes(name)))
    this.#tell('split', left.join(' '))
  }

  #silence(from: Process, to: Process): void {
    if (from !== to) this.#network.silence(from.name, to.name)
  }

  #muteOrDeafen(kind: 'mute' | 'deafen', victim: Process): void {
    for (const other of this.#names()) {
      if (other === victim.name) continue
      if (kind === 'mute') this.#network.silence(victim.name, other)
      else this.#network.silence(other, victim.name)
    }
  }

  #delay(victim: Process, delayMs: number): void {
    for (const other of this.#names()) if (other !== victim.name) this.#network.delay(victim.name, other, delayMs)
  }

  #order(what: 'failover' | 'reset', sentinel: SentinelProcess): void {
    const { name } = this.#deployment.group
    sentinel.call(['SENTINEL', what.toUpperCase(), name], 2_000).then(
      () => { this.#tell(sentinel.name, `${what} accepted`) },
      (error: unknown) => { this.#tell(sentinel.name, `${what} refused: ${messageOf(error)}`) },
    )
  }

  #lieInWait({ event, then }: Extract<Fault, { kind: 'ambush' }>, lastsMs: number | undefined): void {
    const end = this.#deployment.timeline.listen((entry) => {
      if (entry.event !== event || this.#isHealing) return
      end()
      this.#ambushes.delete(end)
      this.#hit(entry, then, lastsMs)
    })
    this.#ambushes.add(end)
  }

  #hit(entry: TimelineEntry, then: Ambush, lastsMs: number | undefined): void {
    const sentinel = this.#deployment.sentinels.find(({ name }) => name === entry.source)
    if (sentinel === undefined) return
    this.#tell(sentinel.name, `ambushed at ${entry.event}: ${then}`)
    switch (then) {
      case 'kill': return this.#kill(sentinel, lastsMs)
      case 'pause': return this.#pause(sentinel, lastsMs)
      case 'isolate':
        this.#network.isolate(sentinel.name, [CLIENT])
        return undefined
      case 'failover':
      case 'reset': return this.#order(then, sentinel)
      case 'kill promoted': return this.#kill(this.#chosen(entry) ?? this.#master(), lastsMs)
    }
  }

  /** The replica that the event is about, if it is about one. */
  #chosen(entry: TimelineEntry): RedisProcess | undefined {
    const event = readPayload(entry.event, entry.text)
    if (event === undefined || !('subject' in event) || event.subject.kind !== 'replica') return undefined
    const { host, port } = event.subject
    return this.#deployment.nodes.find(({ address }) => address.host === host && address.port === port)
  }

  #find(target: Target): Process {
    const { sentinels, nodes } = this.#deployment
    const master = this.#master()
    const replicas = nodes.filter((node) => node !== master)
    switch (target.role) {
      case 'master': return master
      case 'replica': return replicas[target.at] ?? master
      case 'sentinel': return sentinels[target.at] ?? master
    }
  }

  /** By the newest configuration that any sentinel has saved. */
  #master(): RedisProcess {
    const facts = this.#deployment.sentinels.map((sentinel) => sentinel.fileFacts(this.#deployment.group.name))
    const newest = facts.reduce((best, one) => one.configEpoch > best.configEpoch ? one : best)
    return newest.master === undefined ? this.#deployment.node(0) : this.#deployment.nodeAt(newest.master)
  }

  #queue(process: Process, work: () => Promise<void>): void {
    const before = this.#busy.get(process.name) ?? Promise.resolve()
    this.#busy.set(process.name, before.then(work))
  }

  /** Ends early when everything is healed. */
  async #wait(ms: number): Promise<void> {
    const until = performance.now() + ms
    while (!this.#isHealing && performance.now() < until) await pause(Math.min(50, until - performance.now()))
  }

  #everybody(): Process[] {
    return [...this.#deployment.nodes, ...this.#deployment.sentinels]
  }

  #names(): string[] {
    return this.#everybody().map(({ name }) => name)
  }

  #tell(who: string, what: string): void {
    this.#deployment.timeline.mark(who, `chaos: ${what}`)
  }
}
