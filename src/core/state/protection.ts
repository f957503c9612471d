/**
 * Settings of ts-sentinel.ini that change when the core takes a master for down or a node for safe. They never reach
 * sentinel.conf, SENTINEL SET or other sentinels.
 */
import type { Millis } from '../time.ts'
import { NO_PLACEMENT, type Placement } from './placement.ts'

/** Settings of ts-sentinel.ini, [protection] and [master <name>], for one master. */
export interface Protection {
  /**
   * A master whose process has ended counts as down when its port has refused connections for so long. Undefined: off.
   */
  readonly crashDetectionMs: Millis | undefined
  /** What a master that restarted without its data causes. */
  readonly emptyMaster: 'promote' | 'report' | 'off'
  /** Whether replicas that still hear the master keep it from being taken for down. */
  readonly witnesses: boolean
  /** For how long at most. Undefined: five times down-after. */
  readonly witnessMaxMs: Millis | undefined
  /** For how long a replica or a sentinel must be down before it is forgotten. Undefined: it never is. */
  readonly forgetDeadReplicasMs: Millis | undefined
  readonly forgetDeadSentinelsMs: Millis | undefined
  /** Which replicas are to be promoted. [protection] has none of it. */
  readonly placement: Placement
}

/** What applies to every master, and the complete settings of those that have a section of their own. */
export interface ProtectionSettings {
  readonly general: Protection
  readonly masters: ReadonlyMap<string, Protection>
}

/** The settings where ts-sentinel.ini has none. */
export const DEFAULT_PROTECTION: Protection = Object.freeze({
  crashDetectionMs: undefined, emptyMaster: 'promote', witnesses: false, witnessMaxMs: undefined,
  forgetDeadReplicasMs: undefined, forgetDeadSentinelsMs: undefined,
  placement: NO_PLACEMENT,
})

/** Settings that hold for every master; what is left out has its default. */
export function protectionOfAll(general: Partial<Protection> = {}): ProtectionSettings {
  return { general: { ...DEFAULT_PROTECTION, ...general }, masters: new Map() }
}

/** The settings that hold for this master. */
export function protectionOf(
  { protection }: { readonly protection: ProtectionSettings }, { name }: { readonly name: string },
): Protection {
  return protection.masters.get(name) ?? protection.general
}
