import type { Now, SentinelView } from '../core/index.ts'
import { prepared } from '../resp/index.ts'
import type { RespValue } from '../resp/index.ts'

/**
 * Caches answers about the state, with their encoded bytes, while they are valid. Many clients repeat the same few
 * questions; the state changes far less often. Ages in an answer count whole milliseconds, so an answer with ages is
 * valid for 1 ms.
 *
 * The caller keeps answers about existing masters only, so there are never more than a few for each.
 */
export class ReplyMemo {
  readonly #view: SentinelView
  #revision = -1
  #mono = -1
  readonly #lasting = new Map<string, RespValue>()
  readonly #momentary = new Map<string, RespValue>()

  constructor(view: SentinelView) {
    this.#view = view
  }

  /** An answer without ages; undefined when none is kept, or the state may have changed. */
  lasting(key: string): RespValue | undefined {
    this.#forgetOlder()
    return this.#lasting.get(key)
  }

  keepLasting(key: string, reply: RespValue): RespValue {
    return keep(this.#lasting, key, reply)
  }

  /** An answer with ages at `now`. */
  momentary(key: string, now: Now): RespValue | undefined {
    this.#forgetOlder()
    if (now.mono !== this.#mono) {
      this.#mono = now.mono
      this.#momentary.clear()
    }
    return this.#momentary.get(key)
  }

  /** Must be called after `momentary` with the same time. */
  keepMomentary(key: string, reply: RespValue): RespValue {
    return keep(this.#momentary, key, reply)
  }

  #forgetOlder(): void {
    const { revision } = this.#view
    if (revision === this.#revision) return
    this.#revision = revision
    this.#lasting.clear()
    this.#momentary.clear()
  }
}

function keep(replies: Map<string, RespValue>, key: string, reply: RespValue): RespValue {
  const kept = prepared(reply)
  replies.set(key, kept)
  return kept
}
