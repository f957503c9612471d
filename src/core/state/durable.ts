import type { Epoch } from './ids.ts'
import type { MasterSettings } from './settings.ts'

/** Settings of the whole sentinel. */
export interface Globals {
  readonly announceIp: string | undefined
  /** 0 = not set. */
  readonly announcePort: number
  readonly denyScriptsReconfig: boolean
  readonly resolveHostnames: boolean
  readonly announceHostnames: boolean
  readonly sentinelUser: string | undefined
  readonly sentinelPass: string | undefined
}

/** The state that survives a restart, in the terms of the configuration file (behaviour.md 1.7, config.md 3). */
export interface DurableState extends Globals {
  readonly myId: string
  readonly currentEpoch: Epoch
  readonly masters: readonly DurableMaster[]
}

/** The settings of a sentinel whose file has none. */
export const INITIAL_GLOBALS: Globals = Object.freeze({
  announceIp: undefined,
  announcePort: 0,
  denyScriptsReconfig: true,
  resolveHostnames: false,
  announceHostnames: false,
  sentinelUser: undefined,
  sentinelPass: undefined,
})

/** The state of a sentinel whose file has no line about it but its id. */
export function initialDurable(myId: string): DurableState {
  return { myId, currentEpoch: 0n, ...INITIAL_GLOBALS, masters: [] }
}

/** A copy of the settings in a state. */
export function globalsOf({ myId: _myId, currentEpoch: _epoch, masters: _masters, ...globals }: DurableState): Globals {
  return globals
}

export interface DurableMaster {
  readonly name: string
  /** Literal address or host name, in the form that belongs into the file (behaviour.md 1.6). */
  readonly host: string
  readonly port: number
  readonly settings: Readonly<MasterSettings>
  readonly configEpoch: Epoch
  readonly leaderEpoch: Epoch
  readonly replicas: readonly DurableAddress[]
  readonly sentinels: readonly (DurableAddress & { readonly runId: string })[]
}

export interface DurableAddress {
  readonly host: string
  readonly port: number
}
