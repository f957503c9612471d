/**
 * Applies what a reload of the files found to be different (docs/decisions/0058-secrets-and-reload.md): all of it, or
 * nothing. What is not different keeps its state: replicas, peers, epochs, a running failover.
 */
import { MASTERS_MAX } from '../limits.ts'
import { isHostAllowed, meansAddress } from '../names.ts'
import { renewLink } from '../monitoring/reconnect.ts'
import type { MasterChange, Operation, OperationResult, SkippedChange } from '../operation.ts'
import { isPort } from '../state/address.ts'
import { dataNodesOf } from '../state/instance.ts'
import { outsideAuthPass, sentinelPassOf } from '../state/outside-passwords.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'
import { addMonitored, removeMasterNamed } from './masters.ts'
import { renewPeerLinks, setGlobals, setMasterOptions } from './set.ts'

type Reload = Extract<Operation, { kind: 'reload' }>
type Refusal = Extract<OperationResult, { kind: 'refused' }>

export function reload(turn: Turn, asked: Reload): OperationResult {
  const { state } = turn
  const plan = planOf(state, asked)
  const refusal = refusalOf(state, asked, plan.changes)
  if (refusal !== undefined) return refusal
  if (asked.globals.length > 0) {
    const outcome = setGlobals(turn, { kind: 'set-globals', changes: asked.globals })
    if (outcome.kind === 'refused') return outcome
  }
  changePasswords(turn, asked)
  state.protection = asked.protection
  for (const change of plan.changes) apply(turn, change)
  for (const record of state.records.values()) turn.touch(record)
  turn.persist()
  return { kind: 'reloaded', skipped: plan.skipped }
}

interface ReloadPlan {
  readonly changes: readonly MasterChange[]
  readonly skipped: readonly SkippedChange[]
}

/** Leaves out what commands of clients, or a failover, have made pointless since the file was written. */
function planOf(state: SentinelState, { masters }: Reload): ReloadPlan {
  const changes: MasterChange[] = []
  const skipped: SkippedChange[] = []
  for (const change of masters) {
    const why = whySkipped(state, change)
    if (why === undefined) changes.push(change)
    else skipped.push({ master: change.name, change: change.kind, why })
  }
  return { changes, skipped }
}

function whySkipped(state: SentinelState, change: MasterChange): SkippedChange['why'] | undefined {
  const master = state.masters.get(change.name)
  if (change.kind === 'add') return master === undefined ? undefined : 'already-monitored'
  if (master === undefined) return 'not-monitored'
  if (change.kind !== 'move') return undefined
  // An editor that opened the file before a failover writes the old address back.
  const isKnown = dataNodesOf(master).some(({ address }) => meansAddress(state, address, change.host, change.port))
  return isKnown ? 'node-of-this-master' : undefined
}

function refusalOf(state: SentinelState, { globals }: Reload, changes: readonly MasterChange[]): Refusal | undefined {
  const isResolving = globals.findLast((change) => change.kind === 'resolve-hostnames')?.on ?? state.globals.resolveHostnames
  let count = state.masters.size
  for (const change of changes) {
    if (change.kind === 'remove') count -= 1
    if (change.kind === 'add') count += 1
    if (change.kind !== 'add' && change.kind !== 'move') continue
    const refuse = (error: Refusal['error']): Refusal => ({ kind: 'refused', error, master: change.name })
    if (!isPort(change.port)) return refuse('invalid-port')
    if (!isHostAllowed(change.host, isResolving)) return refuse('unresolvable-address')
    if (count > MASTERS_MAX) return refuse('too-many-masters')
  }
  return undefined
}

function apply(turn: Turn, change: MasterChange): void {
  switch (change.kind) {
    case 'remove':
      return removeMasterNamed(turn, { kind: 'remove', name: change.name }, ignoreResult)
    case 'add':
      addMonitored(turn, change, { ...change.settings })
      return
    case 'move': {
      const settings = turn.state.masters.get(change.name)?.settings
      removeMasterNamed(turn, { kind: 'remove', name: change.name }, ignoreResult)
      if (settings !== undefined) addMonitored(turn, change, settings)
      return
    }
    case 'set':
      setMasterOptions(turn, change)
  }
}

/** A new password is for the next connection, so links with an old one are made again. */
function changePasswords(turn: Turn, { requirepass, outsidePasswords }: Reload): void {
  const { state } = turn
  const before = state.outsidePasswords
  const peersBefore = sentinelPassOf(state) ?? state.requirepass
  state.requirepass = requirepass
  state.outsidePasswords = outsidePasswords
  if ((sentinelPassOf(state) ?? state.requirepass) !== peersBefore) renewPeerLinks(turn)
  for (const master of state.masters.values()) {
    if (outsideAuthPass(before, master.name) === outsideAuthPass(outsidePasswords, master.name)) continue
    for (const node of dataNodesOf(master)) renewLink(turn, node.link)
  }
}

function ignoreResult(): void {
  // The reload has one answer of its own.
}
