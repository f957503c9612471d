import type { Epoch } from './ids.ts'

/** What must survive a restart, in the words of the configuration file (behaviour.md 1.7, config.md 3). */
export interface DurableState {
  readonly myId: string
  readonly currentEpoch: Epoch
  readonly announceIp: string | undefined
  /** 0 = not set. */
  readonly announcePort: number
  readonly denyScriptsReconfig: boolean
  readonly resolveHostnames: boolean
  readonly announceHostnames: boolean
  readonly sentinelUser: string | undefined
  readonly sentinelPass: string | undefined
  readonly masters: readonly DurableMaster[]
}

export interface DurableMaster {
  readonly name: string
  /** Literal address or host name, in the form that belongs into the file (behaviour.md 1.6). */
  readonly host: string
  readonly port: number
  readonly quorum: number
  readonly downAfterMs: number
  readonly failoverTimeoutMs: number
  readonly parallelSyncs: number
  /** 0 = feature off. */
  readonly rebootDownAfterMs: number
  readonly notificationScript: string | undefined
  readonly clientReconfigScript: string | undefined
  readonly authPass: string | undefined
  readonly authUser: string | undefined
  readonly configEpoch: Epoch
  readonly leaderEpoch: Epoch
  readonly replicas: readonly DurableAddress[]
  readonly sentinels: readonly (DurableAddress & { readonly runId: string })[]
  /** Old name (case kept) to new name. */
  readonly renamedCommands: readonly (readonly [string, string])[]
}

export interface DurableAddress {
  readonly host: string
  readonly port: number
}

/** The values that `sentinel` lines have when the file does not say otherwise (config.md 3). */
export const MASTER_DEFAULTS = Object.freeze({
  downAfterMs: 30_000,
  failoverTimeoutMs: 180_000,
  parallelSyncs: 1,
  rebootDownAfterMs: 0,
})
