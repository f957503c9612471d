import type { Epoch } from './ids.ts'
import type { MasterSettings } from './settings.ts'

/** The state that survives a restart, in the terms of the configuration file (behaviour.md 1.7, config.md 3). */
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
