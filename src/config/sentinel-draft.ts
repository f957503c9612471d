import { MASTER_DEFAULTS, type DurableAddress, type DurableMaster, type DurableState } from '../core/index.ts'

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] }

/** The durable state while `sentinel` lines fill it. */
export interface SentinelDraft extends Mutable<Omit<DurableState, 'masters'>> {
  readonly masters: Map<string, MasterDraft>
}

export interface MasterDraft {
  readonly settings: Mutable<Omit<DurableMaster, 'replicas' | 'sentinels' | 'renamedCommands'>>
  /** By `host:port`. */
  readonly replicas: Map<string, DurableAddress>
  /** By run id. */
  readonly sentinels: Map<string, DurableAddress & { readonly runId: string }>
  /** By old name in lower case. */
  readonly renamedCommands: Map<string, readonly [string, string]>
}

export function emptyDraft(): SentinelDraft {
  return {
    myId: '',
    currentEpoch: 0n,
    announceIp: undefined,
    announcePort: 0,
    denyScriptsReconfig: true,
    resolveHostnames: false,
    announceHostnames: false,
    sentinelUser: undefined,
    sentinelPass: undefined,
    masters: new Map(),
  }
}

export function newMaster(name: string, { host, port }: DurableAddress, quorum: number): MasterDraft {
  return {
    settings: {
      name, host, port, quorum, ...MASTER_DEFAULTS,
      notificationScript: undefined,
      clientReconfigScript: undefined,
      authPass: undefined,
      authUser: undefined,
      configEpoch: 0n,
      leaderEpoch: 0n,
    },
    replicas: new Map(),
    sentinels: new Map(),
    renamedCommands: new Map(),
  }
}

export function finishDraft(draft: SentinelDraft): DurableState {
  const masters = [...draft.masters.values()].map(({ settings, replicas, sentinels, renamedCommands }) => ({
    ...settings,
    replicas: [...replicas.values()],
    sentinels: [...sentinels.values()],
    renamedCommands: [...renamedCommands.values()],
  }))
  return { ...draft, masters }
}
