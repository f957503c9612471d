import {
  initialDurable, initialSettings, type DurableAddress, type DurableMaster, type DurableState, type MasterSettings,
} from '../core/index.ts'

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] }

/** The durable state while `sentinel` lines fill it. */
export interface SentinelDraft extends Mutable<Omit<DurableState, 'masters'>> {
  readonly masters: Map<string, MasterDraft>
}

export interface MasterDraft extends Mutable<Omit<DurableMaster, 'settings' | 'replicas' | 'sentinels'>> {
  readonly settings: MasterSettings
  /** By `host:port`. */
  readonly replicas: Map<string, DurableAddress>
  /** By run id. */
  readonly sentinels: Map<string, DurableAddress & { readonly runId: string }>
}

export function emptyDraft(): SentinelDraft {
  return { ...initialDurable(''), masters: new Map() }
}

export function newMaster(name: string, { host, port }: DurableAddress, quorum: number): MasterDraft {
  return {
    name, host, port,
    settings: initialSettings(quorum),
    configEpoch: 0n,
    leaderEpoch: 0n,
    replicas: new Map(),
    sentinels: new Map(),
  }
}

export function finishDraft(draft: SentinelDraft): DurableState {
  const masters = [...draft.masters.values()].map(({ replicas, sentinels, ...master }) => ({
    ...master,
    replicas: [...replicas.values()],
    sentinels: [...sentinels.values()],
  }))
  return { ...draft, masters }
}

/** The draft that gives this state. */
export function draftOf(durable: DurableState): SentinelDraft {
  return { ...durable, masters: new Map(durable.masters.map((master) => [master.name, masterDraftOf(master)])) }
}

function masterDraftOf({ replicas, sentinels, settings, ...master }: DurableMaster): MasterDraft {
  return {
    ...master,
    settings: { ...settings },
    replicas: new Map(replicas.map((replica) => [`${replica.host}:${replica.port}`, replica])),
    sentinels: new Map(sentinels.map((peer) => [peer.runId, peer])),
  }
}
