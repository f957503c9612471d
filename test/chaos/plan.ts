/** What goes wrong in a round, and when. The seed and the number of the round fix everything here. */
import { SimRandom } from '../simulator/random.ts'

/** Whom a fault hits; roles are looked up when it happens. */
export type Target =
  | { readonly role: 'master' }
  | { readonly role: 'replica' | 'sentinel', readonly at: number }

export type Fault =
  /** SIGKILL, SIGSTOP. */
  | { readonly kind: 'kill' | 'pause', readonly target: Target }
  | { readonly kind: 'kill all sentinels' }
  | { readonly kind: 'isolate', readonly target: Target, readonly keepsClients: boolean }
  /** Two groups that do not reach each other; the bits of `sides` say who is where. */
  | { readonly kind: 'split', readonly sides: number }
  /** What one sends to the other is lost; the way back stays open. */
  | { readonly kind: 'silence', readonly from: Target, readonly to: Target }
  /** All that one says is lost, or all that it should hear. */
  | { readonly kind: 'mute' | 'deafen', readonly target: Target }
  | { readonly kind: 'delay', readonly target: Target, readonly delayMs: number }
  /** All faults of the network end. */
  | { readonly kind: 'mend' }
  | { readonly kind: 'failover' | 'reset', readonly sentinel: number }
  /** Waits for an event, and then hits the sentinel that tells of it. */
  | { readonly kind: 'ambush', readonly event: string, readonly then: Ambush }

export type Ambush = 'kill' | 'pause' | 'isolate' | 'failover' | 'reset' | 'kill promoted'

export interface PlannedFault {
  /** Since the beginning of the round, in milliseconds. */
  readonly atMs: number
  readonly fault: Fault
  /** Killed and paused processes come back after so many milliseconds; undefined: when everything is healed. */
  readonly lastsMs: number | undefined
}

export interface RoundPlan {
  readonly faults: readonly PlannedFault[]
  /** When everything is healed, in milliseconds since the beginning. */
  readonly healMs: number
}

/** Least and most time with faults. A failover takes down-after and some more; the longest round has room for two. */
const FAULTS_MS = { least: 5_000, most: 16_000 }
const MOST_FAULTS = 5

const AMBUSHED = [
  '+sdown', '+odown', '+try-failover', '+vote-for-leader', '+elected-leader', '+selected-slave',
  '+failover-state-send-slaveof-noone', '+promoted-slave', '+slave-reconf-sent', '+switch-master', '+config-update-from',
] as const
const AMBUSHES: readonly Ambush[] = ['kill', 'kill', 'pause', 'isolate', 'failover', 'reset', 'kill promoted']

export function planRound(
  seed: number, round: number, size: { readonly replicas: number, readonly sentinels: number },
): RoundPlan {
  const random = new SimRandom(seed, `chaos round ${round}`)
  const healMs = random.between(FAULTS_MS.least, FAULTS_MS.most)
  const faults = Array.from({ length: random.between(1, MOST_FAULTS) }, (_, at): PlannedFault => ({
    // The first fault hits early, so that there is time to see what comes of it.
    atMs: at === 0 ? random.between(100, 1500) : random.between(100, healMs - 500),
    fault: planFault(random, size),
    lastsMs: random.chance(60) ? random.between(100, 8_000) : undefined,
  }))
  return { faults: faults.sort((left, right) => left.atMs - right.atMs), healMs }
}

function planFault(random: SimRandom, size: { readonly replicas: number, readonly sentinels: number }): Fault {
  const target = (): Target => {
    if (random.chance(45)) return { role: 'master' }
    return random.chance(60)
      ? { role: 'sentinel', at: random.below(size.sentinels) }
      : { role: 'replica', at: random.below(size.replicas) }
  }
  const sentinel = random.below(size.sentinels)
  const dice = random.below(100)
  if (dice < 22) return { kind: 'kill', target: target() }
  if (dice < 36) return { kind: 'pause', target: target() }
  if (dice < 39) return { kind: 'kill all sentinels' }
  if (dice < 50) return { kind: 'isolate', target: target(), keepsClients: random.chance(60) }
  if (dice < 57) return { kind: 'split', sides: random.next() }
  if (dice < 62) return { kind: 'silence', from: target(), to: target() }
  if (dice < 68) return { kind: random.chance(50) ? 'mute' : 'deafen', target: target() }
  if (dice < 75) return { kind: 'delay', target: target(), delayMs: random.between(20, 1500) }
  if (dice < 79) return { kind: 'mend' }
  if (dice < 84) return { kind: 'failover', sentinel }
  if (dice < 87) return { kind: 'reset', sentinel }
  return { kind: 'ambush', event: random.pick(AMBUSHED), then: random.pick(AMBUSHES) }
}

/** One line for people. */
export function describe(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
    case 'pause':
    case 'mute':
    case 'deafen': return `${fault.kind} ${named(fault.target)}`
    case 'isolate': return `isolate ${named(fault.target)}${fault.keepsClients ? ', not from clients' : ''}`
    case 'split': return 'split the network'
    case 'silence': return `silence ${named(fault.from)} toward ${named(fault.to)}`
    case 'delay': return `delay ${named(fault.target)} by ${fault.delayMs} ms`
    case 'failover': return `SENTINEL FAILOVER at sentinel-${fault.sentinel}`
    case 'reset': return `SENTINEL RESET at sentinel-${fault.sentinel}`
    case 'ambush': return `ambush at ${fault.event}: ${fault.then}`
    case 'kill all sentinels':
    case 'mend': return fault.kind
  }
}

function named(target: Target): string {
  return target.role === 'master' ? 'the master' : `${target.role} ${target.at}`
}
