import {
  INITIAL_GLOBALS, initialSettings, type ClientAddress, type Globals, type InfoCacheEntry, type MasterExplanation,
  type MasterView, type Now, type Operation, type OperationResult, type PeerView, type QuorumCheck, type ReplicaView,
  type SentinelSummary, type SentinelView, type Tunable,
} from '../../../src/core/index.ts'
import type { Operator, OperationOutcome, PendingScript } from '../../../src/ports/index.ts'

/** A core that says what the test wants it to say: plain values, no state machine. */

export const MY_ID = 'a'.repeat(40)
export const PEER_ID = 'b'.repeat(40)

export function masterView(overrides: Partial<MasterView> = {}): MasterView {
  return {
    name: 'mymaster', host: '127.0.0.1', port: 6379, runId: 'c'.repeat(40), flags: ['master'],
    pendingCommands: 0, linkRefcount: 1, lastPingSentMs: 0, lastOkPingReplyMs: 120, lastPingReplyMs: 120,
    downAfterMs: 30_000, infoRefreshMs: 4000, roleReported: 'master', roleReportedMs: 65_000,
    configEpoch: 7n, replicaCount: 2, otherSentinelCount: 1, settings: initialSettings(2),
    ...overrides,
  }
}

export function replicaView(overrides: Partial<ReplicaView> = {}): ReplicaView {
  return {
    name: '127.0.0.1:6380', host: '127.0.0.1', port: 6380, runId: 'd'.repeat(40), flags: ['slave'],
    pendingCommands: 0, linkRefcount: 1, lastPingSentMs: 0, lastOkPingReplyMs: 130, lastPingReplyMs: 130,
    downAfterMs: 30_000, infoRefreshMs: 4100, roleReported: 'slave', roleReportedMs: 65_100,
    masterLinkDownMs: 0, masterLinkUp: true, masterHost: '127.0.0.1', masterPort: 6379, priority: 100,
    offset: 123_456n, lagBytes: 0, announced: true, isForeign: false,
    ...overrides,
  }
}

export function peerView(overrides: Partial<PeerView> = {}): PeerView {
  return {
    name: PEER_ID, host: '127.0.0.1', port: 26380, runId: PEER_ID, flags: ['sentinel'],
    pendingCommands: 0, linkRefcount: 1, lastPingSentMs: 0, lastOkPingReplyMs: 140, lastPingReplyMs: 140,
    downAfterMs: 30_000, lastHelloMs: 900, votedLeader: undefined, votedLeaderEpoch: 0n,
    ...overrides,
  }
}

export interface FakeMaster {
  readonly view: MasterView
  readonly replicas: readonly ReplicaView[]
  readonly peers: readonly PeerView[]
  readonly address: ClientAddress
  readonly infoCache: readonly InfoCacheEntry[]
  readonly quorumCheck: QuorumCheck
  readonly explanation?: MasterExplanation
  readonly status: 'ok' | 'sdown' | 'odown'
}

export function fakeMaster(overrides: Partial<FakeMaster> = {}): FakeMaster {
  const view = overrides.view ?? masterView()
  return {
    view,
    replicas: [replicaView()],
    peers: [peerView()],
    address: { host: view.host, port: view.port, durableFrom: 0 },
    infoCache: [{ ageMs: 4000, text: '# Server\r\n' }, { ageMs: 0, text: undefined }],
    quorumCheck: { usable: 2, quorum: 2, majority: 2 },
    status: 'ok',
    ...overrides,
  }
}

const TUNABLES: Readonly<Record<Tunable, number>> = {
  'info-period': 10_000, 'ping-period': 1000, 'ask-period': 1000, 'publish-period': 2000,
  'default-down-after': 30_000, 'default-failover-timeout': 180_000, 'tilt-trigger': 2000, 'tilt-period': 30_000,
  'slave-reconf-timeout': 10_000, 'min-link-reconnect-period': 15_000, 'election-timeout': 10_000,
  'script-max-runtime': 60_000, 'script-retry-delay': 30_000,
}

export class FakeView implements SentinelView {
  readonly myId = MY_ID
  readonly currentEpoch = 7n
  fakes: FakeMaster[] = [fakeMaster()]
  globalsView: Globals = INITIAL_GLOBALS
  /** `peers`, and names of masters. */
  readonly outsidePasswords = new Set<string>()
  tilt: { tilt: boolean, tiltMs: number | undefined } = { tilt: false, tiltMs: undefined }
  simulatedFailure = { crashAfterElection: false, crashAfterPromotion: false }
  /** A test that stops it says that nothing changes any more. */
  isStill = false
  #revision = 0

  get revision(): number {
    if (!this.isStill) this.#revision += 1
    return this.#revision
  }

  masterNames(): readonly string[] {
    return this.fakes.map((fake) => fake.view.name)
  }

  hasMaster(name: string): boolean {
    return this.#find(name) !== undefined
  }

  master(name: string): MasterView | undefined {
    return this.#find(name)?.view
  }

  replicas(name: string): readonly ReplicaView[] {
    return this.#find(name)?.replicas ?? []
  }

  peers(name: string): readonly PeerView[] {
    return this.#find(name)?.peers ?? []
  }

  clientAddress(name: string): ClientAddress | undefined {
    return this.#find(name)?.address
  }

  infoCache(name: string): readonly InfoCacheEntry[] {
    return this.#find(name)?.infoCache ?? []
  }

  quorumCheck(name: string): QuorumCheck | undefined {
    return this.#find(name)?.quorumCheck
  }

  explain(name: string): MasterExplanation | undefined {
    return this.#find(name)?.explanation
  }

  summary(_now: Now): SentinelSummary {
    return {
      ...this.tilt,
      simulatedFailure: this.simulatedFailure,
      masters: this.fakes.map(({ view, status }) => ({
        name: view.name, status, host: view.host, port: view.port,
        replicas: view.replicaCount, sentinels: view.otherSentinelCount + 1,
      })),
    }
  }

  globals(): Globals {
    return this.globalsView
  }

  isPasswordOutside(of: 'peers' | { readonly master: string }): boolean {
    return this.outsidePasswords.has(of === 'peers' ? of : of.master)
  }

  peerLogin(): readonly string[] | undefined {
    return undefined
  }

  tunable(name: Tunable): number {
    return TUNABLES[name]
  }

  #find(name: string): FakeMaster | undefined {
    return this.fakes.find((fake) => fake.view.name === name)
  }
}

/** Answers what `reply` says, later; `hold` keeps answers back until `release`. */
export class FakeOperator implements Operator {
  readonly submitted: Operation[] = []
  reply: (operation: Operation) => OperationOutcome | OperationResult = () => ({ kind: 'ok' })
  isHolding = false
  durableSeq = 0
  readonly #held: (() => void)[] = []
  readonly #durable: { readonly seq: number, readonly done: () => void }[] = []

  submit(operation: Operation, done: (outcome: OperationOutcome) => void): void {
    this.submitted.push(operation)
    const reply = this.reply(operation)
    const outcome: OperationOutcome = 'result' in reply ? reply : { result: reply, save: 'none' }
    const answer = (): void => { done(outcome) }
    if (this.isHolding) this.#held.push(answer)
    else queueMicrotask(answer)
  }

  whenDurable(seq: number, done: () => void): void {
    if (seq <= this.durableSeq) done()
    else this.#durable.push({ seq, done })
  }

  release(): void {
    this.isHolding = false
    for (const answer of this.#held.splice(0)) answer()
  }

  becomeDurable(seq: number): void {
    this.durableSeq = seq
    for (const waiter of this.#durable.splice(0)) this.whenDurable(waiter.seq, waiter.done)
  }
}

export const RUNNING_SCRIPT: PendingScript = {
  argv: ['/bin/notify', '+sdown', 'x'], attempts: 1, state: 'running', pid: 77, runMs: 1500,
}
export const WAITING_SCRIPT: PendingScript = {
  argv: ['/bin/notify', '-sdown', 'x'], attempts: 2, state: 'scheduled', delayMs: 30_000,
}
