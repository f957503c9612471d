import type { Deferred } from '../commands/index.ts'
import type { RespValue } from '../resp/index.ts'
import { error } from '../resp/index.ts'
import { ANSWER_MS_MAX, ANSWERS_MAX, HELD_PUSHES_MAX } from './limits.ts'

const TOO_SLOW = error('ERR The configuration file is not saved yet, and this answer depends on it. Check server logs.')

/** The place of one answer in the order of requests. */
interface Place {
  /** Undefined while the answer is outstanding. */
  wire: string | undefined
  timer: NodeJS.Timeout | undefined
}

/**
 * The answers of one connection that cannot be sent yet, in the order of their requests: some wait for a save, others
 * for those before them. Messages that are published meanwhile follow them, because a RESP3 client must see the
 * reply to its command before the events that the command caused (protocol.md 1.5).
 */
export class AnswerQueue {
  readonly #onReady: () => void
  #places: Place[] = []
  /** The answer that later requests wait for. */
  #barrier: Place | undefined
  #pushes: Buffer[] = []

  /** `onReady` is called when the first answer is complete: `takeReady` then returns something. */
  constructor(onReady: () => void) {
    this.#onReady = onReady
  }

  get isOutstanding(): boolean {
    return this.#places.length > 0
  }

  /** Whether the next request must wait. */
  get isBlocking(): boolean {
    return this.#barrier !== undefined || this.#places.length >= ANSWERS_MAX
  }

  /** Adds a complete answer. Returns what may be sent at once. */
  put(wire: string): string {
    if (!this.isOutstanding) return wire
    if (wire !== '') this.#places.push({ wire, timer: undefined })
    return ''
  }

  /** Adds an answer that is complete at once or within the time limit. Returns what may be sent at once. */
  start(answer: Deferred, encode: (value: RespValue) => string): string {
    const place: Place = { wire: undefined, timer: undefined }
    let isQueued = false
    const finish = (value: RespValue): void => {
      if (place.wire !== undefined) return
      clearTimeout(place.timer)
      place.wire = answer.isMuted ? '' : encode(value)
      if (this.#barrier === place) this.#barrier = undefined
      if (isQueued && this.#places[0] === place) this.#onReady()
    }
    answer.start(finish)
    if (place.wire !== undefined) return this.put(place.wire)
    isQueued = true
    this.#places.push(place)
    if (!answer.letsOthersPass) this.#barrier = place
    place.timer = setTimeout(() => { finish(TOO_SLOW) }, ANSWER_MS_MAX)
    return ''
  }

  /** Takes the complete answers at the front. */
  takeReady(): string {
    const missing = this.#places.findIndex(({ wire }) => wire === undefined)
    const ready = this.#places.splice(0, missing === -1 ? this.#places.length : missing)
    return ready.map(({ wire }) => wire).join('')
  }

  /** Holds a message until the answers before it are sent. False when there are too many. */
  hold(frame: Buffer): boolean {
    this.#pushes.push(frame)
    return this.#pushes.length <= HELD_PUSHES_MAX
  }

  takePushes(): readonly Buffer[] {
    const pushes = this.#pushes
    this.#pushes = []
    return pushes
  }

  /** Cancels the time limits; later answers are discarded. */
  cancel(): void {
    for (const { timer } of this.#places) clearTimeout(timer)
    this.#places = []
    this.#barrier = undefined
  }
}
