/** A driver on hand-written ports: every port writes what it was asked into one journal, in order. */
import { Driver, type Core } from '../../../src/driver/index.ts'
import {
  NO_OWN_STATE, type ConnectionId, type DurableState, type Effect, type Input, type Millis, type Now, type OwnState,
  type SentinelView,
} from '../../../src/core/index.ts'
import type { Clock, ConfigStore, OwnStateStore } from '../../../src/ports/index.ts'

export class ManualClock implements Clock {
  mono: Millis = 0
  armedAt: Millis | undefined
  #fire: () => void = () => undefined

  now(): Now {
    return { mono: this.mono, wall: 1_700_000_000_000 + this.mono }
  }

  armAt(mono: Millis | undefined, fire: () => void): void {
    this.armedAt = mono
    this.#fire = fire
  }

  /** Moves time and fires the timer if its moment has come. */
  advance(ms: Millis): void {
    this.mono += ms
    if (this.armedAt === undefined || this.armedAt > this.mono) return
    this.armedAt = undefined
    this.#fire()
  }
}

/** A core that returns the effects which the test put in for the next step. */
export class ScriptedCore implements Core {
  readonly inputs: Input[] = []
  readonly view = {} as SentinelView
  script: ((input: Input, now: Now) => readonly Effect[] | undefined) = () => []
  nextWake: Millis | undefined
  generation = 0

  step(input: Input, now: Now): readonly Effect[] {
    this.inputs.push(input)
    return this.script(input, now) ?? []
  }

  wakeAt(): Millis | undefined {
    return this.nextWake
  }

  ownState(): OwnState {
    return NO_OWN_STATE
  }

  durableState(): DurableState {
    this.generation += 1
    return { myId: `state ${this.generation}` } as DurableState
  }
}

interface RunningSave<State = DurableState> {
  readonly state: State
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class ManualStore implements ConfigStore {
  readonly running: RunningSave[] = []
  readonly states: DurableState[] = []
  onStart: () => void = () => undefined

  save(state: DurableState): Promise<void> {
    this.states.push(state)
    this.onStart()
    return new Promise((resolve, reject) => { this.running.push({ state, resolve, reject }) })
  }
}

export class ManualOwnStore implements OwnStateStore {
  readonly path = '/etc/sentinel.conf.ts-sentinel.json'
  readonly running: RunningSave<OwnState>[] = []
  readonly states: OwnState[] = []

  save(state: OwnState): Promise<void> {
    this.states.push(state)
    return new Promise((resolve, reject) => { this.running.push({ state, resolve, reject }) })
  }
}

export interface Rig {
  readonly driver: Driver
  readonly core: ScriptedCore
  readonly clock: ManualClock
  readonly store: ManualStore
  readonly ownStore: ManualOwnStore
  /** What the ports were asked, one line each. */
  readonly journal: string[]
  readonly log: string[]
  readonly fatal: unknown[]
  /** Runs the deferred turns and the promises that are ready, until nothing is left. */
  settle(): Promise<void>
  /** Ends the oldest running save. */
  endSave(failure?: unknown): Promise<void>
  /** Ends the running write of our own state. */
  endKeep(failure?: unknown): Promise<void>
  /** One input whose step returns these effects. */
  step(...effects: Effect[]): Promise<void>
}

function end(save: RunningSave<unknown> | undefined, failure: unknown): void {
  if (save === undefined) throw new Error('no save is running')
  if (failure === undefined) save.resolve()
  else save.reject(failure)
}

/** A driver that has started, unless asked otherwise. */
export function createRig({ started = true } = {}): Rig {
  const journal: string[] = []
  const log: string[] = []
  const fatal: unknown[] = []
  const deferred: (() => void)[] = []
  const core = new ScriptedCore()
  const clock = new ManualClock()
  const store = new ManualStore()
  const ownStore = new ManualOwnStore()
  store.onStart = () => journal.push('save starts')
  const driver = new Driver({
    core,
    clock,
    store,
    ownStateStore: ownStore,
    configPath: '/etc/sentinel.conf',
    links: {
      open: (connection, target) => journal.push(`open ${connection} ${target.host}:${target.port} ${target.purpose} ${target.nodeKind}`),
      send: (connection, argv) => journal.push(`send ${connection} ${argv.join(' ')}`),
      subscribe: (connection, command, channel) => journal.push(`subscribe ${connection} ${command} ${channel}`),
      close: (connection) => journal.push(`close ${connection}`),
      closeAll: () => journal.push('close all'),
    },
    resolver: {
      resolve: (host, done) => {
        journal.push(`resolve ${host}`)
        deferred.push(() => { done('192.0.2.1') })
      },
    },
    scripts: { enqueue: (argv) => journal.push(`script ${argv.join(' ')}`) },
    events: {
      event: (event) => journal.push(`emit ${event.name} ${event.master ?? ''}`.trim()),
      note: (note) => journal.push(`note ${note.kind}`),
    },
    logger: { log: (level, text) => log.push(`${level}: ${text}`) },
    defer: (run) => deferred.push(run),
    exit: (status) => journal.push(`exit ${status}`),
    fatal: (error) => fatal.push(error),
  })
  const settle = async () => {
    do {
      for (const run of deferred.splice(0)) run()
      // A save's end travels through a few promises.
      for (let hop = 0; hop < 4; hop += 1) await Promise.resolve()
    } while (deferred.length > 0)
  }
  if (started) {
    driver.start()
    for (const run of deferred.splice(0)) run()
    core.inputs.length = 0
  }
  return {
    driver, core, clock, store, ownStore, journal, log, fatal, settle,
    endSave: async (failure) => {
      end(store.running.shift(), failure)
      await settle()
    },
    endKeep: async (failure) => {
      end(ownStore.running.shift(), failure)
      await settle()
    },
    step: async (...effects) => {
      core.script = (input) => input.type === 'message' ? effects : []
      driver.enqueue({ type: 'message', connection: connection(1), payload: '' })
      await settle()
    },
  }
}

export const connection = (id: number) => id as ConnectionId
export const ping = (id: number): Effect => ({
  type: 'send', connection: connection(id), argv: ['PING'], request: { kind: 'ping', sentAt: 0 },
})
export const publish = (id: number): Effect => ({
  type: 'send', connection: connection(id), argv: ['PUBLISH'], request: { kind: 'publish', record: 1 as never },
})
/** An event that the journal tells apart by the name of its master. */
export const emit = (master: string): Effect => ({ type: 'emit', event: { name: '+new-epoch', master, epoch: 1n } })
export const persist = (seq: number): Effect => ({ type: 'persist', seq })
