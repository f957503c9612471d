/**
 * Theory of operation. One sentinel as a deterministic machine: `step` takes what happened and the time, changes the
 * state and returns the effects, in order; `wakeAt` gives the time of the next step if nothing happens before. It uses
 * no socket, clock, file or random source, so production, the simulator and the tests run the same code.
 *
 * A step has three parts: the clock is checked for jumps; the input is applied (a `tick` touches the records whose
 * deadline has come); then every touched record is checked, until none is touched.
 */
import { assert, assertNever } from './assert.ts'
import { scheduleClockCheck, CLOCK_KEY, updateTilt } from './detection/tilt.ts'
import type { Effect } from './effect.ts'
import { recordSaveEnd } from './election/kept-vote.ts'
import { loadPauses, pausesOf } from './election/pause.ts'
import { loadVoters, votersToKeep } from './election/voters.ts'
import type { Input } from './input.ts'
import { GATHER_MAX, GATHER_MS } from './limits.ts'
import { parkOperation, receive, resume } from './receive.ts'
import { storeLookup } from './names.ts'
import { loadSchedules, schedulesOf } from './operations/planned.ts'
import { perform } from './operations/perform.ts'
import { Random } from './random.ts'
import { lookAt } from './schedule.ts'
import { globalsOf, type DurableState } from './state/durable.ts'
import type { RecordId } from './state/ids.ts'
import { loadLineage } from './lineage.ts'
import { loadMaster, toDurable } from './load.ts'
import { forgottenToKeep, loadForgotten } from './tombstones.ts'
import { namesOthers, NO_OWN_STATE, type OwnState } from './state/own-state.ts'
import type { OutsidePasswords } from './state/outside-passwords.ts'
import type { ProtectionSettings } from './state/protection.ts'
import { newState, type SentinelState } from './state/sentinel-state.ts'
import type { Millis, Now } from './time.ts'
import { Turn } from './turn.ts'
import { createView } from './view/create-view.ts'
import type { SentinelView } from './view/view.ts'

export interface SentinelOptions {
  /** The state from the configuration file. `myId` must be set. */
  readonly durable: DurableState
  /** What was kept beside it; default: nothing. */
  readonly ownState?: OwnState
  /** Seed of the randomness that spreads attempts in time. */
  readonly seed: number
  /** The port of our listener as others should use it, unless announce-port is set. */
  readonly announcePort: number
  /** Our own requirepass, used toward peers where sentinel-pass is not set. */
  readonly requirepass?: string
  /** From ts-sentinel.ini. Default: that of a sentinel without the file. */
  readonly protection?: ProtectionSettings
  /** Passwords that are not in sentinel.conf. Default: none. */
  readonly outsidePasswords?: OutsidePasswords
}

export interface SentinelMemory {
  readonly state: Readonly<SentinelState>
  /** The whole state of the random numbers. */
  readonly random: number
  readonly hasStarted: boolean
}

/** If one step takes more rounds than this, two rules undo each other's changes. */
const ROUNDS_MAX = 1_000_000

export class Sentinel {
  readonly view: SentinelView
  readonly #state: SentinelState
  readonly #random: Random
  readonly #durable: DurableState
  readonly #ownState: OwnState
  #hasStarted = false
  /** Steps so far: nothing but a step changes the state. */
  #revision = 0

  constructor(options: SentinelOptions) {
    const { durable } = options
    assert(durable.myId.length === 40, 'a sentinel needs an id of 40 characters')
    this.#durable = durable
    this.#ownState = options.ownState ?? NO_OWN_STATE
    this.#random = new Random(options.seed)
    this.#state = newState({
      myId: durable.myId,
      ownPort: options.announcePort,
      requirepass: options.requirepass,
      currentEpoch: highestEpoch(durable),
      globals: globalsOf(durable),
      protection: options.protection,
      outsidePasswords: options.outsidePasswords,
    })
    this.view = createView(this.#state, () => this.#revision)
  }

  /** Handles one input. The effects must be run in this order (see `waitsForSave`). */
  step(input: Input, now: Now): readonly Effect[] {
    this.#revision += 1
    const turn = new Turn(this.#state, now, this.#random)
    if (this.#state.hasCrashed) return turn.effects
    updateTilt(turn)
    this.#take(turn, input)
    // Only a tick runs deadlines: a reply that waited in a socket while the process was suspended counts before them.
    if (input.type === 'tick') this.#takeDeadlines(turn)
    this.#settle(turn)
    return turn.effects
  }

  /** The next moment of the monotonic clock at which a `tick` is wanted. */
  wakeAt(): Millis | undefined {
    return this.#state.hasCrashed ? undefined : this.#state.deadlines.next()
  }

  /** The state that a save must write now: before the start, the loaded one. */
  durableState(): DurableState {
    return this.#hasStarted ? toDurable(this.#state) : this.#durable
  }

  /** What is kept beside it, as a copy: before the start, the loaded one. */
  ownState(): OwnState {
    if (!this.#hasStarted) return this.#ownState
    const state = this.#state
    return {
      lineage: new Map(state.lineage), pauses: pausesOf(state), schedules: schedulesOf(state),
      forgotten: forgottenToKeep(state), voters: votersToKeep(state),
    }
  }

  /** Everything that decides what `step` does next, for tests that measure or compare states. To be read only. */
  get memory(): SentinelMemory {
    return { state: this.#state, random: this.#random.state, hasStarted: this.#hasStarted }
  }

  #take(turn: Turn, input: Input): void {
    switch (input.type) {
      case 'start':
        return this.#start(turn)
      case 'tick':
        return
      case 'connected':
      case 'disconnected':
      case 'reply':
      case 'subscribed':
      case 'message':
        return receive(turn, input)
      case 'operation':
        if (!parkOperation(turn, input)) perform(turn, input.id, input.operation)
        return
      case 'resolved':
        for (const parked of storeLookup(turn, input)) resume(turn, parked)
        return
      case 'saved':
        measureSave(turn, input.took)
        recordSaveEnd(turn, input)
        return
      default:
        assertNever(input)
    }
  }

  #start(turn: Turn): void {
    this.#hasStarted = true
    for (const durable of this.#durable.masters) loadMaster(turn, durable)
    loadLineage(this.#state, this.#ownState)
    loadForgotten(turn, this.#ownState)
    loadVoters(turn, this.#ownState)
    for (const master of this.#state.masters.values()) turn.emit('+monitor', master, { quorum: master.settings.quorum })
    loadPauses(turn, this.#ownState)
    loadSchedules(turn, this.#ownState)
    // A crash after REMOVE: a master that gets the name later must not find it.
    if (namesOthers(this.#ownState, this.#state.masters)) turn.keepBeforeSave()
  }

  #takeDeadlines(turn: Turn): void {
    let taken = 0
    while (this.#takeDeadline(turn, turn.now.mono) === 'record') taken += 1
    if (taken === 0) return
    turn.gathers = true
    for (; taken < GATHER_MAX && this.#takeDeadline(turn, turn.now.mono + GATHER_MS) !== 'none'; taken += 1);
  }

  #takeDeadline(turn: Turn, until: Millis): 'record' | 'none' {
    const { dirty, deadlines } = this.#state
    let key = deadlines.takeDue(until)
    if (key === CLOCK_KEY) {
      scheduleClockCheck(turn)
      key = deadlines.takeDue(until)
    }
    if (key === undefined) return 'none'
    dirty.add(key as RecordId)
    return 'record'
  }

  /** Checks touched records until none is left. */
  #settle(turn: Turn): void {
    const { dirty, records } = this.#state
    let rounds = 0
    for (const id of dirty) {
      dirty.delete(id)
      const record = records.get(id)
      if (record === undefined) continue
      lookAt(turn, record)
      if (this.#state.hasCrashed) return
      rounds += 1
      assert(rounds < ROUNDS_MAX, `a step does not come to rest at ${record.kind} ${record.name}`)
    }
  }
}

function highestEpoch(durable: DurableState): bigint {
  let highest = durable.currentEpoch
  for (const { configEpoch } of durable.masters) if (configEpoch > highest) highest = configEpoch
  return highest
}

/** Weight of a new measurement in the smoothed time of a save. */
const SAVE_WEIGHT = 0.3

function measureSave(turn: Turn, took: Millis): void {
  const { state } = turn
  state.saveMs = state.saveMs === undefined ? took : state.saveMs + SAVE_WEIGHT * (took - state.saveMs)
}
