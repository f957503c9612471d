/**
 * What ts-sentinel.ini turns on in a run, and the circumstances that its rules are for: masters that restart without
 * their data or that return, nodes of another deployment, firewalls, masters that only some do not see, replicas that
 * lag. Each in a stream of its own, so that the rest of a run is the same without it.
 */
import type { Protection } from '../../src/core/index.ts'
import { SimRandom, type ClusterOptions, type Fault, type GroupOptions, type PlannedFault } from '../simulator/index.ts'
import { planForgetting } from './plan-forgetting.ts'
import { QUIET_START_MS, targetsOf } from './plan-targets.ts'
import { planWitnesses } from './plan-witnesses.ts'
import { planZones } from './plan-zones.ts'

/**
 * Which rules are on. `some`: each in a part of the runs, as they meet by chance. `all`: all of them in every run.
 * `none`: all are off that can be turned off. The others: that rule alone, with its circumstances in every run; the
 * rules about returned masters and about foreign nodes cannot be turned off.
 */
export const PROTECTIONS = [
  'some', 'all', 'none', 'returned-master', 'crash-detection', 'foreign-nodes', 'empty-master', 'witnesses', 'zones',
  'forgetting',
] as const

export type ProtectionChoice = (typeof PROTECTIONS)[number]

/** Per cent of the runs: settings first, then circumstances. */
interface Odds {
  readonly crashDetection: number
  readonly witnesses: number
  /** Of those with witnesses. */
  readonly blindness: number
  /** Of those with crash detection. */
  readonly refusals: number
  readonly emptyMaster: number
  readonly foreignNodes: number
  readonly returnedMaster: number
  /** The empty master is reported, or ignored, and not replaced. */
  readonly lenience: number
  readonly zones: number
  readonly forgetting: number
}

const NONE: Odds = {
  crashDetection: 0, witnesses: 0, blindness: 0, refusals: 0, emptyMaster: 0, foreignNodes: 0, returnedMaster: 0,
  lenience: 0, zones: 0, forgetting: 0,
}

const ODDS: Readonly<Record<ProtectionChoice, Odds>> = {
  'some': {
    crashDetection: 43, witnesses: 25, blindness: 100, refusals: 30, emptyMaster: 25, foreignNodes: 20,
    returnedMaster: 20, lenience: 15, zones: 25, forgetting: 20,
  },
  'all': {
    crashDetection: 100, witnesses: 100, blindness: 40, refusals: 30, emptyMaster: 30, foreignNodes: 30,
    returnedMaster: 30, lenience: 0, zones: 60, forgetting: 40,
  },
  'none': NONE,
  'returned-master': { ...NONE, returnedMaster: 100 },
  'crash-detection': { ...NONE, crashDetection: 100, refusals: 60 },
  'foreign-nodes': { ...NONE, foreignNodes: 100 },
  'empty-master': { ...NONE, emptyMaster: 100 },
  'witnesses': { ...NONE, witnesses: 100, blindness: 100 },
  'zones': { ...NONE, zones: 100 },
  'forgetting': { ...NONE, forgetting: 100 },
}

/** The deployment of a run, and how long faults happen. */
export interface Given {
  readonly cluster: ClusterOptions
  readonly groups: readonly GroupOptions[]
  readonly chaosMs: number
}

export interface ProtectionPlan {
  readonly settings: Partial<Protection>
  readonly faults: readonly PlannedFault[]
  /** There is another deployment in the network. */
  readonly hasStrangers: boolean
  /** The zones that data nodes report, by their names. */
  readonly reportedZones: Readonly<Record<string, string>>
  /** Sentinels that the files name and that were replaced before. */
  readonly leftovers: number
  /** Nothing else happens until then. */
  readonly quietUntilMs: number
}

export function planProtection(seed: number, given: Given, choice: ProtectionChoice): ProtectionPlan {
  const odds = ODDS[choice]
  const stream = (name: string) => new SimRandom(seed, 'plan').fork(name)
  const own = new SimRandom(seed, 'protection')
  const crashDetectionMs = own.fork('crash detection').chance(odds.crashDetection)
    ? own.fork('patience').pick([50, 200, 1000]) : undefined
  const hasWitnesses = stream('witnesses').chance(odds.witnesses)
  const witnesses = planWitnesses(stream('witness stories'), given, { on: hasWitnesses, blindness: odds.blindness })
  const foreign = planForeignNodes(stream('foreign nodes'), given, odds.foreignNodes)
  const returned = planReturnedMaster(stream('returned master'), given, odds.returnedMaster)
  const forgetting = planForgetting(stream('forgetting'), given, odds.forgetting)
  const zones = planZones(stream('zones'), given, odds.zones)
  return {
    settings: {
      ...crashDetectionMs === undefined ? {} : { crashDetectionMs },
      ...witnesses.settings,
      ...zones.settings,
      ...forgetting.settings,
      emptyMaster: planOutcome(own.fork('empty master'), choice, odds),
    },
    faults: [
      ...[
        ...foreign,
        ...planEmptyMaster(stream('empty master'), given, odds.emptyMaster),
        ...witnesses.faults,
        ...zones.faults,
        ...forgetting.faults,
        ...crashDetectionMs === undefined || !own.fork('refused').chance(odds.refusals)
          ? [] : planRefusals(new SimRandom(seed, 'refusals'), given, crashDetectionMs),
      ].filter(({ atMs }) => atMs >= returned.quietUntilMs),
      ...returned.faults,
    ],
    hasStrangers: foreign.length > 0,
    reportedZones: zones.reported,
    leftovers: forgetting.leftovers,
    quietUntilMs: returned.quietUntilMs,
  }
}

/** What a master that restarts without its data causes. */
function planOutcome(random: SimRandom, choice: ProtectionChoice, { lenience }: Odds): Protection['emptyMaster'] {
  if (random.chance(lenience)) return random.pick(['report', 'report', 'off'])
  return ['some', 'all', 'empty-master'].includes(choice) ? 'promote' : 'off'
}

interface ReturnedMasterPlan {
  readonly faults: readonly PlannedFault[]
  readonly quietUntilMs: number
}

/** Longer than the failover and the return of the old master. */
const RETURN_MS = 20_000

/** A master that was replaced runs again; often something keeps the sentinels from agreeing, and often little else. */
function planReturnedMaster(random: SimRandom, given: Given, odds: number): ReturnedMasterPlan {
  if (!random.chance(odds)) return { faults: [], quietUntilMs: 0 }
  const isQuiet = random.chance(60)
  const atMs = QUIET_START_MS + random.below(isQuiet ? 3000 : given.chaosMs - QUIET_START_MS)
  return { faults: planReturn(random, given, atMs), quietUntilMs: isQuiet ? atMs + RETURN_MS : 0 }
}

function planReturn(random: SimRandom, given: Given, atMs: number): PlannedFault[] {
  const { sentinels, groups: [group] } = targetsOf(given.cluster, given.groups)
  const [{ downAfterMs = 2000 } = {}] = given.groups
  const kind = random.pick(['second promotion', 'second promotion', 'alone', 'alone', 'by hand', 'plain'] as const)
  if (kind === 'second promotion' && sentinels.length > 2) {
    const ms = random.between(20_000, 60_000)
    // Of more than three, the one and the leader are no majority.
    const [blind, isVoter] = [random.pick(sentinels), sentinels.length === 3 && random.chance(50)]
    const seesMaster = random.chance(50)
    return [{ atMs, fault: { kind: 'second-promotion', group: group?.name ?? '', blind, isVoter, seesMaster, ms } }]
  }
  const [node = '', ...replicas] = group?.nodes ?? []
  const awayMs = downAfterMs + random.between(1500, 9000)
  const death: Fault = random.pick<Fault>([
    { kind: 'kill-node', node, ms: awayMs, withData: true, loadMs: 0 }, { kind: 'pause-node', node, ms: awayMs },
    { kind: 'partition', side: [node], isOneWay: false, ms: awayMs },
  ])
  const faults: PlannedFault[] = [{ atMs, fault: death }]
  if (kind === 'alone') {
    faults.push({
      atMs: atMs - 1,
      fault: {
        kind: 'ambush', event: random.pick(['+elected-leader', '+promoted-slave', '+switch-master']),
        delayMs: random.pick([0, 0, 1, 20]), strike: 'isolate the others', ms: awayMs + random.between(1000, 15_000),
      },
    })
  } else if (kind === 'by hand') {
    const promoted = random.pick(replicas)
    faults.push({ atMs: atMs + awayMs + random.between(1000, 10_000), fault: { kind: 'promote-by-hand', node: promoted } })
  }
  return faults
}

/** The master restarts without its data, sooner than it is found down; a replica may be slow to copy that. */
function planEmptyMaster(random: SimRandom, given: Given, odds: number): PlannedFault[] {
  if (!random.chance(odds)) return []
  const [master = '', ...replicas] = targetsOf(given.cluster, given.groups).groups[0]?.nodes ?? []
  const atMs = QUIET_START_MS + random.below(random.chance(50) ? 5000 : given.chaosMs - QUIET_START_MS)
  const restart: PlannedFault = {
    atMs,
    fault: { kind: 'kill-node', node: master, ms: random.pick([20, 100, 200, 400, 900]), withData: false, loadMs: 0 },
  }
  const slow: PlannedFault = {
    atMs: atMs - 10,
    fault: {
      kind: 'slow-network', machine: random.pick(replicas), delayMs: random.pick([50, 300, 1000]), jitterMs: 10,
      ms: random.between(1000, 8000),
    },
  }
  return random.chance(50) ? [slow, restart] : [restart]
}

/**
 * Where crash detection is on: something in front of the master replies to sentinels; what is no refusal often hides
 * that it restarts sooner than it may count as crashed.
 */
function planRefusals(random: SimRandom, given: Given, crashDetectionMs: number): PlannedFault[] {
  const { sentinels, groups } = targetsOf(given.cluster, given.groups)
  const [to = ''] = groups[0]?.nodes ?? []
  const atMs = QUIET_START_MS + random.below(3000)
  const how = random.pick(['refused', 'refused', 'reset', 'unreachable'] as const)
  const ms = random.between(500, 5000)
  const faults = sentinels.filter(() => random.chance(70)).map((machine): PlannedFault => ({
    atMs, fault: { kind: 'intercept', machine, to, how, ms },
  }))
  if (how === 'refused') return faults
  const goneMs = random.chance(60)
    ? Math.floor(crashDetectionMs * random.pick([0.2, 0.5, 0.8])) : random.between(50, 3000)
  return [...faults, { atMs: atMs + 1, fault: { kind: 'kill-node', node: to, ms: goneMs, withData: true, loadMs: 0 } }]
}

/** Replicas come to hold another deployment's data: repointed by hand, or their address is used by another server. */
function planForeignNodes(random: SimRandom, given: Given, odds: number): PlannedFault[] {
  if (!random.chance(odds)) return []
  const [master = '', ...replicas] = targetsOf(given.cluster, given.groups).groups[0]?.nodes ?? []
  const atMs = random.between(QUIET_START_MS, given.chaosMs)
  const foreign = Array.from({ length: random.between(1, 2) }, (): PlannedFault => {
    const node = random.pick(replicas)
    const fault: Fault = random.chance(50)
      ? { kind: 'misdirect-node', node, to: random.chance(75) ? 'x-m' : random.pick(['x-r1', ...replicas]) }
      : { kind: 'reuse-address', node, as: random.chance(60) ? 'replica' : random.pick(['master', 'loaded-master', 'followed-master']) }
    return { atMs: atMs + random.below(2000), fault }
  })
  const death: Fault = { kind: 'kill-node', node: master, ms: random.between(1000, 30_000), withData: true, loadMs: 0 }
  // The master is replaced, and then its address is used again.
  if (random.chance(45)) {
    const as = random.pick(['loaded-master', 'followed-master', 'followed-master'] as const)
    const reuse: Fault = { kind: 'reuse-address', node: master, as }
    return [
      { atMs, fault: { ...death, ms: 90_000 } }, { atMs: atMs + random.between(7000, 25_000), fault: reuse },
    ]
  }
  return random.chance(75) ? [...foreign, { atMs: atMs + random.between(200, 20_000), fault: death }] : foreign
}
