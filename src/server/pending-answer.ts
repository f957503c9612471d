import type { Deferred } from '../commands/index.ts'
import type { RespValue } from '../resp/index.ts'
import { error } from '../resp/index.ts'
import { ANSWER_MS_MAX, HELD_PUSHES_MAX } from './limits.ts'

/** The answer is not there yet. */
export const LATER = Symbol('later')

const TOO_SLOW = error('ERR The configuration file is not saved yet, and this answer depends on it. Check server logs.')

/**
 * The one answer that a connection may wait for. Messages that are published meanwhile follow it, because a RESP3
 * client must see the reply to its command before the events that the command caused (protocol.md 1.5).
 */
export class PendingAnswer {
  #timer: NodeJS.Timeout | undefined
  #pushes: Buffer[] = []

  get isOutstanding(): boolean {
    return this.#timer !== undefined
  }

  /** The value if it is there at once; else LATER, and `onLate` runs once, within the time limit. */
  start(answer: Deferred, onLate: (value: RespValue) => void): RespValue | typeof LATER {
    let immediate: RespValue | typeof LATER = LATER
    let isLate = false
    let isDone = false
    const finish = (value: RespValue): void => {
      if (isDone) return
      isDone = true
      this.cancel()
      if (isLate) onLate(value)
      else immediate = value
    }
    answer.start(finish)
    if (immediate === LATER) {
      isLate = true
      this.#timer = setTimeout(() => { finish(TOO_SLOW) }, ANSWER_MS_MAX)
    }
    return immediate
  }

  /** Keep a message back. False when there are too many. */
  hold(frame: Buffer): boolean {
    this.#pushes.push(frame)
    return this.#pushes.length <= HELD_PUSHES_MAX
  }

  takePushes(): readonly Buffer[] {
    const pushes = this.#pushes
    this.#pushes = []
    return pushes
  }

  /** Forget the time limit; a value that comes all the same is for nobody. */
  cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
