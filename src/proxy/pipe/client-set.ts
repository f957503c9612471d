/** The clients of a proxy, and the wait for the last of them. */
export class ClientSet<Client> {
  readonly #clients = new Set<Client>()
  #onEmpty: (() => void) | undefined

  get size(): number {
    return this.#clients.size
  }

  [Symbol.iterator](): IterableIterator<Client> {
    return this.#clients.values()
  }

  add(client: Client): void {
    this.#clients.add(client)
  }

  delete(client: Client): void {
    this.#clients.delete(client)
    if (this.#clients.size === 0) this.#onEmpty?.()
  }

  /** Resolves when the last client has gone. */
  untilEmpty(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#clients.size === 0) resolve()
      else this.#onEmpty = resolve
    })
  }
}
