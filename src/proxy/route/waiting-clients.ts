/** Clients without an upstream connection, with the time until which they wait. Pure: the time comes as an argument. */
export class WaitingClients<Client> {
  /** Deadlines in monotonic milliseconds, in the order in which the clients came. */
  readonly #deadlines = new Map<Client, number>()

  get size(): number {
    return this.#deadlines.size
  }

  /** A client that waits already keeps its place and gets this deadline. */
  add(client: Client, deadline: number): void {
    this.#deadlines.set(client, deadline)
  }

  remove(client: Client): void {
    this.#deadlines.delete(client)
  }

  /** Removes and returns the clients whose deadline has come. */
  takeExpired(now: number): readonly Client[] {
    return this.#take((deadline) => deadline <= now)
  }

  /** Removes and returns all clients, the first one first. */
  takeAll(): readonly Client[] {
    return this.#take(() => true)
  }

  /** Removes and returns the first client of this kind. */
  takeFirst(isWanted: (client: Client) => boolean): Client | undefined {
    for (const client of this.#deadlines.keys()) {
      if (!isWanted(client)) continue
      this.#deadlines.delete(client)
      return client
    }
    return undefined
  }

  #take(isTaken: (deadline: number) => boolean): readonly Client[] {
    const taken = [...this.#deadlines].filter(([, deadline]) => isTaken(deadline)).map(([client]) => client)
    for (const client of taken) this.#deadlines.delete(client)
    return taken
  }

  /** The earliest deadline; undefined when no client waits. */
  get nextDeadline(): number | undefined {
    let least: number | undefined
    for (const deadline of this.#deadlines.values()) least = Math.min(least ?? deadline, deadline)
    return least
  }
}
