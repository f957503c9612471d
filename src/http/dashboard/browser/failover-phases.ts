/** The phases of a failover, and the texts for its outcome. */
import type { FailoverJson, FailoverOutcome } from '../../json.ts'
import type { Health } from './health.ts'

export interface Phase {
  readonly name: string
  /** CSS class of its colour. */
  readonly colour: PhaseColour
  readonly ms: number
  /** Whether it still lasts; `ms` is its length so far. */
  readonly isRunning: boolean
}

/** `p0`: before the sentinels act. `p5`: ended without success. `p6`: no attempt is being made. */
type PhaseColour = 'p0' | 'p1' | 'p2' | 'p3' | 'p4' | 'p5' | 'p6'

type PhaseEnd = readonly [name: string, colour: PhaseColour]

/** Events that end a phase, with the name and the colour class of the phase. */
const ENDS: ReadonlyMap<string, PhaseEnd> = new Map<string, PhaseEnd>([
  ['+odown', ['agreement', 'p1']],
  ['+elected-leader', ['election', 'p2']],
  ['+promoted-slave', ['promotion', 'p3']],
  ['+config-update-from', ['work of the leader', 'p3']],
  ['+switch-master', ['reconfiguration', 'p4']],
  ['-failover-abort-not-elected', ['no majority', 'p5']],
  ['-failover-abort-no-good-slave', ['no replica', 'p5']],
  ['-failover-abort-slave-timeout', ['no promotion', 'p5']],
  ['-failover-abort-master-timeout', ['no handover', 'p5']],
])

const MASTER_ANSWERS: PhaseEnd = ['master answers', 'p5']

const OUTCOMES: Readonly<Record<FailoverOutcome, Health>> = {
  running: { kind: 'warn', word: 'Running' },
  switched: { kind: 'ok', word: 'Switched' },
  adopted: { kind: 'ok', word: 'Led by another sentinel' },
  aborted: { kind: 'bad', word: 'Aborted' },
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['not-elected', 'no majority elected this sentinel'],
  ['no-good-slave', 'no replica can be promoted'],
  ['slave-timeout', 'the replica was not promoted in time'],
  ['master-answers', 'the master answers again'],
])

/** Phases in which a leader is after these events, the latest first. */
const RUNNING: readonly (readonly [after: string, ...PhaseEnd])[] = [
  ['+promoted-slave', 'reconfiguration', 'p4'], ['+elected-leader', 'promotion', 'p3'], ['+try-failover', 'election', 'p2'],
  ['+odown', 'election', 'p2'],
]

/**
 * The phases in their order. A switch that ends no phase of its own is left out. The last phase of a failover that runs
 * lasts until `elapsedMs` after its start.
 */
export function phasesOf(failover: Pick<FailoverJson, 'phases' | 'reason' | 'outcome' | 'role'>, elapsedMs = 0): Phase[] {
  const { phases, reason, outcome } = failover
  let before = 0
  const found: Phase[] = []
  for (const { name, sinceStartMs } of phases) {
    const end = name.startsWith('-failover-abort') && reason === 'master-answers' ? MASTER_ANSWERS : ENDS.get(name)
    if (end === undefined) continue
    const [phase, colour] = end
    if (name !== '+switch-master' || sinceStartMs > before) {
      found.push({ name: phase, colour, ms: sinceStartMs - before, isRunning: false })
    }
    before = sinceStartMs
  }
  if (outcome !== 'running') return found
  const [name, colour] = runningPhase(failover)
  return [...found, { name, colour, ms: Math.max(0, elapsedMs - before), isRunning: true }]
}

function runningPhase({ phases, role }: Pick<FailoverJson, 'phases' | 'role'>): PhaseEnd {
  const [, ...phase] = RUNNING.find(([after]) => phases.some(({ name }) => name === after)) ?? ['', 'agreement', 'p1'] as const
  return role === 'follower' && phase[0] === 'election' ? ['work of the leader', 'p3'] : phase
}

export function outcomeOf({ outcome }: FailoverJson): Health {
  return OUTCOMES[outcome]
}

/** The reason of an abort, in words. */
export function reasonText(reason: string): string {
  return REASONS.get(reason) ?? reason
}
