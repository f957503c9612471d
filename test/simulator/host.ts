/**
 * A machine with one process on it. A `Life` is one run of that process: what was scheduled for it is held back while
 * it is stopped (SIGSTOP), and never happens once it has ended.
 */
import type { EventQueue, Micros, Scheduled } from './event-queue.ts'

export class Host {
  readonly name: string
  readonly ip: string
  readonly queue: EventQueue
  /** False while the machine has no power: nothing answers, not even with a refusal. */
  isOn = true
  #life: Life | undefined

  constructor(given: { name: string, ip: string, queue: EventQueue }) {
    this.name = given.name
    this.ip = given.ip
    this.queue = given.queue
  }

  /** The running process, if any. */
  get life(): Life | undefined {
    return this.#life
  }

  /** Starts a new process. The one before must have ended. */
  begin(): Life {
    if (this.#life !== undefined) throw new Error(`${this.name} runs already`)
    this.#life = new Life(this)
    return this.#life
  }

  /** Ends the process. What belongs to its connections is the network's business. */
  end(): void {
    const life = this.#life
    this.#life = undefined
    life?.end()
  }
}

export class Life {
  readonly host: Host
  #ended = false
  #isPaused = false
  #held: (() => void)[] = []

  constructor(host: Host) {
    this.host = host
  }

  get hasEnded(): boolean {
    return this.#ended
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  end(): void {
    this.#ended = true
    this.#held = []
  }

  /** Hands something to the process: now, or when it goes on. */
  run(task: () => void): void {
    if (this.#ended) return
    if (this.#isPaused) this.#held.push(task)
    else task()
  }

  at(time: Micros, task: () => void): Scheduled {
    return this.host.queue.at(time, () => { this.run(task) })
  }

  after(delay: Micros, task: () => void): Scheduled {
    return this.at(this.host.queue.now + delay, task)
  }

  pause(): void {
    this.#isPaused = true
  }

  /** What waited happens now, in the order in which it came. */
  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    const held = this.#held
    this.#held = []
    for (const task of held) this.run(task)
  }
}
