/**
 * The only loop of the process: inputs are queued, the core steps through them, its effects run in order, saves
 * start, and the one timer is armed for the next deadline. No input is handled in the middle of a step.
 *
 * Inputs are handled in a deferred turn, not in the callback that brought them: inputs that arrive together are
 * handled together and share one save. Deadlines that have passed get their tick after the inputs, so that a reply
 * that waited in a socket while the process was stalled counts before the deadline does.
 */
import type { DurableState, Input, Millis, Operation, OperationId } from '../core/index.ts'
import type {
  Clock, ConfigStore, EventSink, Links, Logger, OperationOutcome, Operator, OwnStateStore, Resolver, ScriptRunner,
} from '../ports/index.ts'
import type { Core } from './core.ts'
import { EffectExecutor } from './effect-executor.ts'
import { Keeper, NOTHING_WRITTEN, type KeepHealth } from './keeper.ts'
import { INPUTS_PER_TURN_MAX, INPUTS_WAITING_MAX, TURN_MS_MAX } from './limits.ts'
import { Saver, type SaveEnded, type SaveHealth } from './saver.ts'

/** Inputs that are handled between two reads of the clock. */
const INPUTS_BETWEEN_LOOKS = 32

export interface DriverOptions {
  readonly core: Core
  readonly clock: Clock
  readonly store: ConfigStore
  /** Path of the configuration file, for the log. */
  readonly configPath: string
  /** Undefined: our own state is not written. */
  readonly ownStateStore?: OwnStateStore | undefined
  readonly links: Links
  readonly resolver: Resolver
  readonly scripts: Pick<ScriptRunner, 'enqueue'>
  readonly events: EventSink
  readonly logger: Logger
  /** Runs a function after the callbacks of this round of I/O (`setImmediate`). */
  readonly defer: (run: () => void) => void
  /** Exits the process at once (simulated crash). */
  readonly exit: (status: number) => void
  /** Logs an internal error and exits. The driver does nothing afterwards. */
  readonly fatal: (error: unknown) => void
}

export interface DriverHealth {
  readonly save: SaveHealth
  /** Effects that wait for a save at this moment. */
  readonly waitingEffects: number
  readonly keep: KeepHealth
}

export class Driver implements Operator {
  readonly #core: Core
  readonly #options: DriverOptions
  readonly #saver: Saver
  readonly #keeper: Keeper | undefined
  readonly #executor: EffectExecutor
  readonly #operations = new Map<OperationId, (outcome: OperationOutcome) => void>()
  readonly #durabilityWaiters: { readonly seq: number, readonly done: () => void }[] = []
  readonly #stopWaiters: (() => void)[] = []
  readonly #firstSaveWaiters: (() => void)[] = []
  #inputs: Input[] = []
  #lastOperationId = 0
  #turnPending = false
  #isFlushed = false
  #state: 'new' | 'running' | 'stopping' | 'dead' = 'new'

  constructor(options: DriverOptions) {
    this.#options = options
    this.#core = options.core
    this.#saver = new Saver({
      store: options.store,
      clock: options.clock,
      logger: options.logger,
      configPath: options.configPath,
      durableState: () => options.core.durableState(),
      beforeWrite: () => this.#keeper?.beforeSave(),
      onEnded: (ended) => { this.#saveEnded(ended) },
      guarded: (run) => { this.#guarded(run) },
    })
    this.#keeper = options.ownStateStore === undefined ? undefined : new Keeper({
      store: options.ownStateStore,
      clock: options.clock,
      logger: options.logger,
      ownState: () => options.core.ownState(),
      isSaveBusy: () => this.#saver.isBusy,
      onEnded: () => { this.#wantTurn() },
      guarded: (run) => { this.#guarded(run) },
    })
    this.#executor = new EffectExecutor({
      clock: options.clock,
      saver: this.#saver,
      links: options.links,
      scripts: options.scripts,
      events: options.events,
      resolve: (host) => {
        options.resolver.resolve(host, (address, failure) => {
          this.enqueue({ type: 'resolved', host, address, ...failure === undefined ? {} : { failure } })
        })
      },
      answer: (operation, outcome) => { this.#answer(operation, outcome) },
      keep: (isBeforeSave) => { this.keep({ isBeforeSave }) },
      exit: (status) => {
        this.#state = 'dead'
        options.exit(status)
      },
    })
  }

  /**
   * Saves a state before the core has started, such as a new id that must be durable before it is announced
   * (behaviour.md 11.4 P1). Resolves also when the save failed; it is then tried again like any other.
   */
  saveBeforeStart(state: DurableState): Promise<void> {
    return new Promise((resolve) => {
      this.#firstSaveWaiters.push(resolve)
      this.#saver.writeNow(state, this.#options.clock.now().mono)
      this.#wantTurn()
    })
  }

  /** The first input: the core announces its masters and starts its schedules. Earlier inputs are handled after it. */
  start(): void {
    if (this.#state !== 'new') return
    this.#state = 'running'
    this.#inputs.unshift({ type: 'start' })
    this.#wantTurn()
  }

  /** Queues an input for the core. Ignored once stopped. */
  enqueue(input: Input): void {
    if (!this.#takesInputs || (input.type === 'message' && this.#inputs.length >= INPUTS_WAITING_MAX)) return
    this.#inputs.push(input)
    this.#wantTurn()
  }

  submit(operation: Operation, done: (outcome: OperationOutcome) => void): void {
    if (!this.#takesInputs) return
    this.#lastOperationId += 1
    const id = this.#lastOperationId as OperationId
    this.#operations.set(id, done)
    this.enqueue({ type: 'operation', id, operation })
  }

  whenDurable(seq: number, done: () => void): void {
    if (seq <= this.#saver.settledSeq) done()
    else this.#durabilityWaiters.push({ seq, done })
  }

  /** Our own state, or what other modules keep with it, has changed: it is written soon, or before the next save. */
  keep({ isBeforeSave = false } = {}): void {
    if (this.#keeper === undefined) return
    this.#keeper.changed(this.#options.clock.now().mono, { isBeforeSave })
    this.#wantTurn()
  }

  /** Whether a save of the configuration runs or is due: other writes should wait. */
  get isSaveBusy(): boolean {
    return this.#saver.isBusy
  }

  get health(): DriverHealth {
    const keep = this.#keeper?.health ?? NOTHING_WRITTEN
    return { save: this.#saver.health, waitingEffects: this.#executor.waitingCount, keep }
  }

  /**
   * Accepts no more inputs and resolves when every requested save has ended, the effects behind it have run, and our
   * own state has been written once if it had changed.
   * Operations submitted from now on get no answer. The caller sets the time limit.
   */
  stop(): Promise<void> {
    if (this.#takesInputs) {
      if (this.#state === 'new') this.#inputs.length = 0
      this.#state = 'stopping'
      this.#options.clock.armAt(undefined, () => undefined)
    }
    return new Promise((resolve) => {
      this.#stopWaiters.push(resolve)
      this.#wantTurn()
    })
  }

  get #takesInputs(): boolean {
    return this.#state === 'new' || this.#state === 'running'
  }

  #wantTurn(): void {
    if (this.#turnPending) return
    this.#turnPending = true
    this.#options.defer(() => {
      this.#turnPending = false
      this.#guarded(() => { this.#turn() })
    })
  }

  #turn(): void {
    const { clock } = this.#options
    const isCaughtUp = this.#state !== 'new' && this.#takeInputs()
    const now = clock.now().mono
    if (isCaughtUp) this.#tickIfDue(now)
    this.#saver.wake(now)
    this.#keeper?.wake(now)
    this.#settled()
    this.#arm()
  }

  /** Returns whether none is left. */
  #takeInputs(): boolean {
    const { clock } = this.#options
    const isLong = this.#inputs.length > INPUTS_BETWEEN_LOOKS
    const until = isLong ? clock.now().mono + TURN_MS_MAX : Infinity
    const batch = this.#inputs.splice(0, INPUTS_PER_TURN_MAX)
    let taken = 0
    for (const input of batch) {
      this.#step(input)
      taken += 1
      if (isLong && taken % INPUTS_BETWEEN_LOOKS === 0 && clock.now().mono > until) break
    }
    if (taken < batch.length) this.#inputs = [...batch.slice(taken), ...this.#inputs]
    if (this.#inputs.length > 0) this.#wantTurn()
    return this.#inputs.length === 0
  }

  #tickIfDue(now: Millis): void {
    const wakeAt = this.#core.wakeAt()
    if (this.#state === 'running' && wakeAt !== undefined && wakeAt <= now) this.#step({ type: 'tick' })
  }

  #step(input: Input): void {
    if (this.#state === 'dead') return
    this.#executor.run(this.#core.step(input, this.#options.clock.now()))
  }

  #saveEnded(ended: SaveEnded): void {
    this.#settled()
    const { seq, took, error } = ended
    if (this.#state === 'running') this.enqueue({ type: 'saved', seq, took, ...(error === undefined ? {} : { error }) })
    else this.#wantTurn()
  }

  /** Runs the effects and callbacks that waited for saves that have ended. */
  #settled(): void {
    this.#executor.release()
    const { settledSeq, isBusy, isAwaited } = this.#saver
    if (this.#durabilityWaiters.length > 0) this.#releaseWaiters(settledSeq)
    if (!isAwaited && this.#firstSaveWaiters.length > 0) {
      for (const resolve of this.#firstSaveWaiters.splice(0)) resolve()
    }
    if (this.#state === 'stopping' && !isBusy && this.#inputs.length === 0 && this.#isKept()) {
      for (const resolve of this.#stopWaiters.splice(0)) resolve()
    }
  }

  #releaseWaiters(settledSeq: number): void {
    for (const waiter of this.#durabilityWaiters.splice(0)) {
      if (waiter.seq <= settledSeq) waiter.done()
      else this.#durabilityWaiters.push(waiter)
    }
  }

  /** During a stop: begins the last write of our own state, and returns whether none runs. */
  #isKept(): boolean {
    const keeper = this.#keeper
    if (keeper === undefined) return true
    if (!keeper.isWriting && !this.#isFlushed) {
      this.#isFlushed = true
      keeper.flush()
    }
    return !keeper.isWriting
  }

  #answer(operation: OperationId, outcome: OperationOutcome): void {
    const done = this.#operations.get(operation)
    this.#operations.delete(operation)
    done?.(outcome)
  }

  #arm(): void {
    if (!this.#takesInputs) return
    const wakeAt = earliest(
      earliest(this.#state === 'new' ? undefined : this.#core.wakeAt(), this.#saver.wakeAt()), this.#keeper?.wakeAt(),
    )
    this.#options.clock.armAt(wakeAt, () => { this.#wantTurn() })
  }

  /** Stops the driver after an internal error: the state can no longer be trusted. */
  #guarded(run: () => void): void {
    if (this.#state === 'dead') return
    try {
      run()
    } catch (error) {
      this.#state = 'dead'
      this.#options.fatal(error)
    }
  }
}

function earliest(one: Millis | undefined, other: Millis | undefined): Millis | undefined {
  if (one === undefined) return other
  return other === undefined ? one : Math.min(one, other)
}
