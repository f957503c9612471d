/** ACL LOG: refused logins and commands (protocol.md 5.6). */

/** Equal refusals within this time become one entry with a count. */
const MERGE_WINDOW_MS = 60_000

/**
 * Characters kept of an object or a user name. Names in use are shorter; a client that is not logged in may send any.
 */
export const LOGGED_TEXT_CHARS_MAX = 256

export interface Refusal {
  readonly reason: 'command' | 'channel' | 'auth'
  /** The command, the channel, or `AUTH` or `HELLO` as the client wrote it. */
  readonly object: string
  readonly user: string
  /** The connection in the form of CLIENT LIST. */
  readonly clientInfo: string
}

export interface LogEntry extends Refusal {
  readonly count: number
  readonly id: number
  /** Unix time in milliseconds. */
  readonly createdAt: number
  readonly updatedAt: number
}

/**
 * Keeps the newest refusals. Adding takes the same time for any number of entries, because unauthenticated clients can
 * cause bursts of refusals.
 */
export class AclLog {
  /** By id, oldest first. */
  readonly #entries = new Map<number, LogEntry>()
  /** By the key of a refusal: the id of its newest entry. */
  readonly #newest = new Map<string, number>()
  readonly #maxLength: number
  #nextId = 0

  /** `maxLength` is `acllog-max-len`. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  /** `wall` is Unix time in milliseconds. */
  add(given: Refusal, wall: number): void {
    if (this.#maxLength === 0) return
    const refusal = { ...given, object: shortened(given.object), user: shortened(given.user) }
    const same = this.#same(refusal, wall)
    const entry = same === undefined
      ? { ...refusal, count: 1, id: this.#nextId++, createdAt: wall, updatedAt: wall }
      : { ...same, clientInfo: refusal.clientInfo, count: same.count + 1, updatedAt: wall }
    this.#entries.delete(entry.id)
    this.#entries.set(entry.id, entry)
    this.#newest.set(keyOf(entry), entry.id)
    if (this.#entries.size > this.#maxLength) this.#forgetOldest()
  }

  /** Newest first. */
  entries(count: number): readonly LogEntry[] {
    return [...this.#entries.values()].reverse().slice(0, count)
  }

  clear(): void {
    this.#entries.clear()
    this.#newest.clear()
  }

  #same(refusal: Refusal, wall: number): LogEntry | undefined {
    const entry = this.#entries.get(this.#newest.get(keyOf(refusal)) ?? -1)
    return entry !== undefined && wall - entry.updatedAt <= MERGE_WINDOW_MS ? entry : undefined
  }

  #forgetOldest(): void {
    for (const [id, entry] of this.#entries) {
      this.#entries.delete(id)
      if (this.#newest.get(keyOf(entry)) === id) this.#newest.delete(keyOf(entry))
      return
    }
  }
}

function keyOf({ reason, object, user }: Refusal): string {
  return `${reason} ${user.length} ${user}${object}`
}

function shortened(text: string): string {
  return text.length > LOGGED_TEXT_CHARS_MAX ? `${text.slice(0, LOGGED_TEXT_CHARS_MAX)}...` : text
}
