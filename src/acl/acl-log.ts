/** ACL LOG: what was refused (protocol.md 5.6). */

/** Equal refusals within this time are one entry with a count. */
const MERGE_WINDOW_MS = 60_000

export interface Refusal {
  readonly reason: 'command' | 'channel' | 'auth'
  /** The command, the channel, or `AUTH` or `HELLO` as it was typed. */
  readonly object: string
  readonly user: string
  /** The connection as CLIENT LIST shows it. */
  readonly clientInfo: string
}

export interface LogEntry extends Refusal {
  readonly count: number
  readonly id: number
  /** Unix time in milliseconds. */
  readonly createdAt: number
  readonly updatedAt: number
}

export class AclLog {
  /** Newest first. */
  #entries: readonly LogEntry[] = []
  readonly #maxLength: number
  #nextId = 0

  /** `maxLength` is `acllog-max-len`. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  /** `wall` is Unix time in milliseconds. */
  add(refusal: Refusal, wall: number): void {
    if (this.#maxLength === 0) return
    const same = this.#entries.find((entry) => isSame(entry, refusal) && wall - entry.updatedAt <= MERGE_WINDOW_MS)
    const entry = same === undefined
      ? { ...refusal, count: 1, id: this.#nextId++, createdAt: wall, updatedAt: wall }
      : { ...same, clientInfo: refusal.clientInfo, count: same.count + 1, updatedAt: wall }
    this.#entries = [entry, ...this.#entries.filter((other) => other !== same)].slice(0, this.#maxLength)
  }

  entries(count: number): readonly LogEntry[] {
    return this.#entries.slice(0, count)
  }

  clear(): void {
    this.#entries = []
  }
}

function isSame(entry: Refusal, other: Refusal): boolean {
  return entry.reason === other.reason && entry.object === other.object && entry.user === other.user
}
