/**
 * All connections. A new one is never refused: when there are too many, one that is idle or slow ends for it, so that
 * connections without requests never keep a probe out. Streams are counted where they are kept.
 */
import type { Socket } from 'node:net'

import { CONNECTION_GRACE_MS, CONNECTIONS_HARD_MAX, CONNECTIONS_MAX, SWEEP_MS } from '../limits.ts'
import { Connection, type ConnectionOwner, type Phase } from './connection.ts'

/** Which phases end first for a new connection. Nobody waits for those that are not listed. */
const ENDED_FIRST: readonly Phase[] = ['lingering', 'idle', 'reading', 'answering']

export class Connections {
  readonly #request: ConnectionOwner['request']
  /** In the order in which they came. */
  readonly #all = new Set<Connection>()
  #sweeper: NodeJS.Timeout | undefined
  #trimming: NodeJS.Immediate | undefined

  constructor(request: ConnectionOwner['request']) {
    this.#request = request
  }

  accept(socket: Socket): void {
    this.#all.add(new Connection(socket, {
      request: this.#request,
      closed: (connection) => { this.#forget(connection) },
    }))
    this.#sweeper ??= setInterval(() => { this.#sweep() }, SWEEP_MS).unref()
    if (this.#all.size > CONNECTIONS_MAX) this.#trimming ??= setImmediate(() => { this.#trim() })
  }

  close(): void {
    clearImmediate(this.#trimming)
    for (const connection of this.#all) connection.destroy()
  }

  #sweep(): void {
    const now = performance.now()
    for (const connection of this.#all) connection.enforceLimits(now)
    if (this.#all.size > CONNECTIONS_MAX) this.#trim()
  }

  /** Ends as many connections as there are too many, those first that can be missed most. */
  #trim(): void {
    this.#trimming = undefined
    const now = performance.now()
    const counted = [...this.#all].filter(({ phase }) => phase !== 'streaming')
    const inOrder = counted.sort((one, other) => (
      ENDED_FIRST.indexOf(one.phase) - ENDED_FIRST.indexOf(other.phase) || other.phaseMs(now) - one.phaseMs(now)
    ))
    const hadTime = inOrder.filter((connection) => connection.phaseMs(now) >= CONNECTION_GRACE_MS)
    for (const connection of hadTime.slice(0, Math.max(0, inOrder.length - CONNECTIONS_MAX))) connection.destroy()
    const left = inOrder.filter((connection) => !connection.isDestroyed)
    for (const connection of left.slice(0, Math.max(0, left.length - CONNECTIONS_HARD_MAX))) connection.destroy()
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection)
    if (this.#all.size > 0) return
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }
}
