/** What pipe mode and route mode have in common for the rest of the program. */
import type { Socket } from 'node:net'

import type { Purpose, Role } from '../route/route.ts'
import type { Counters } from './counters.ts'
import { REFUSALS_MAX } from './limits.ts'

/** Bytes that went through, since the start. */
export interface Traffic {
  fromClients: number
  fromNodes: number
}

/** Open connections to one node in one role. */
export interface UpstreamCount {
  readonly node: string
  readonly role: Role
  readonly connections: number
}

/** All clients of a proxy. */
export interface Sessions {
  readonly counters: Counters
  readonly traffic: Traffic
  readonly clients: number
  /** Clients that wait for a node. */
  readonly waiting: number
  /** Takes over an accepted, paused connection. */
  accept(accepted: Socket, purpose: Purpose, isEncrypted: boolean): void
  /** Open connections to nodes. */
  upstreams(): readonly UpstreamCount[]
  /** Resolves when the last client has gone. */
  untilEmpty(): Promise<void>
  destroyAll(): void
}

/** Connections that get an error and are closed. They are no sessions, so that they cost little. */
export class TurnedAway {
  #open = 0

  turnAway(socket: Socket, error: string): void {
    socket.on('error', () => undefined)
    if (this.#open >= REFUSALS_MAX) {
      socket.destroy()
      return
    }
    this.#open += 1
    socket.once('close', () => { this.#open -= 1 })
    socket.end(`-${error}\r\n`, () => { socket.destroy() })
  }
}

/** The words of the server itself. */
export const MAX_CLIENTS = 'ERR max number of clients reached'

/** Counts connections by node and role; an entry without a number is one connection. */
export function countUpstreams(
  connected: Iterable<Omit<UpstreamCount, 'connections'> & Partial<UpstreamCount>>,
): readonly UpstreamCount[] {
  const counts = new Map<string, { node: string, role: Role, connections: number }>()
  for (const { node, role, connections = 1 } of connected) {
    const known = counts.get(`${role} ${node}`)
    if (known === undefined) counts.set(`${role} ${node}`, { node, role, connections })
    else known.connections += connections
  }
  return [...counts.values()]
}
