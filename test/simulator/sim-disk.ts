/**
 * The disk under one sentinel's configuration file and its file of our own state. Only what a finished write left
 * survives a crash; a write that a crash interrupts happened either completely or not at all, because the file is
 * replaced by a rename.
 */
import { NO_OWN_STATE, type DurableState, type OwnState } from '../../src/core/index.ts'
import type { ConfigStore, OwnStateStore, SaveFailure } from '../../src/ports/index.ts'
import type { Micros } from './event-queue.ts'
import type { Life } from './host.ts'
import type { SimRandom } from './random.ts'

export interface DiskOptions {
  /** How long one write takes, at least. */
  readonly writeMin?: Micros
  /** Added evenly distributed. */
  readonly writeJitter?: Micros
}

interface RunningWrite {
  readonly life: Life
  readonly state: DurableState
  readonly number: number
}

export class SimDisk {
  /** What a restart would read. */
  content: DurableState
  /** What it would read of our own state. */
  ownContent: OwnState
  writeMin: Micros
  writeJitter: Micros
  /** Text of the operating system with which every write fails; undefined = healthy. */
  failure: string | undefined
  /** Writes begun so far. */
  writes = 0
  /** Number of the last write that went well. */
  lastGoodWrite = 0
  #isStuck = false
  /** Ends of writes that the stuck disk holds back. */
  #held: (() => void)[] = []
  readonly #random: SimRandom
  /** Told after a promise of ours was settled: its followers want to run before time goes on. */
  readonly #onSettled: () => void
  #running: RunningWrite | undefined
  readonly #ownRandom: SimRandom
  #ownRunning: OwnState | undefined

  constructor(given: {
    content: DurableState
    ownContent?: OwnState
    random: SimRandom
    onSettled: () => void
    options?: DiskOptions
  }) {
    this.content = given.content
    this.ownContent = given.ownContent ?? NO_OWN_STATE
    this.#random = given.random
    this.#ownRandom = given.random.fork('own')
    this.#onSettled = given.onSettled
    this.writeMin = given.options?.writeMin ?? 500
    this.writeJitter = given.options?.writeJitter ?? 1500
  }

  /** The store of one life of the process. */
  storeFor(life: Life): ConfigStore {
    return { save: (state) => this.#save(life, state) }
  }

  /** The store of our own state, of one life of the process. */
  ownStoreFor(life: Life): OwnStateStore {
    return { path: `/etc/${life.host.name}.conf.ts-sentinel.json`, save: (state) => this.#saveOwn(life, state) }
  }

  /** The process died in the middle of things. */
  crash(): void {
    const running = this.#running
    this.#running = undefined
    if (running !== undefined && this.failure === undefined && this.#random.chance(50)) this.content = running.state
    const own = this.#ownRunning
    this.#ownRunning = undefined
    if (own !== undefined && this.failure === undefined && this.#ownRandom.chance(50)) this.ownContent = own
  }

  #save(life: Life, state: DurableState): Promise<void> {
    this.writes += 1
    const write: RunningWrite = { life, state, number: this.writes }
    this.#running = write
    return new Promise((resolve, reject) => {
      const end = () => { this.#end(write, { resolve, reject }) }
      const took = this.writeMin + this.#random.below(this.writeJitter + 1)
      life.host.queue.after(took, () => {
        if (this.#isStuck) this.#held.push(end)
        else end()
      })
    })
  }

  #saveOwn(life: Life, state: OwnState): Promise<void> {
    this.#ownRunning = state
    return new Promise((resolve, reject) => {
      const end = () => {
        if (life.hasEnded) return
        const { failure } = this
        if (failure === undefined) this.ownContent = state
        this.#ownRunning = undefined
        life.run(() => {
          if (failure === undefined) resolve()
          else reject(saveFailure(failure))
          this.#onSettled()
        })
      }
      life.host.queue.after(this.writeMin + this.#ownRandom.below(this.writeJitter + 1), () => {
        if (this.#isStuck) this.#held.push(end)
        else end()
      })
    })
  }

  /** No write ends any more. */
  stick(): void {
    this.#isStuck = true
  }

  unstick(): void {
    this.#isStuck = false
    for (const end of this.#held.splice(0)) end()
  }

  #end(write: RunningWrite, promise: { resolve: () => void, reject: (error: Error) => void }): void {
    const { life, state, number } = write
    if (life.hasEnded) return
    const { failure } = this
    if (failure === undefined) {
      this.content = state
      this.lastGoodWrite = number
    }
    this.#running = undefined
    life.run(() => {
      if (failure === undefined) promise.resolve()
      else promise.reject(saveFailure(failure))
      this.#onSettled()
    })
  }
}

function saveFailure(strerror: string): SaveFailure {
  return Object.assign(new Error(strerror), { strerror, step: undefined })
}
