/** How often the process of each master was found ended (docs/decisions/0046-crash-detection.md). */
import type { PublishedEvent } from '../../ports/index.ts'

export class CrashCount {
  readonly #hasCrashed: (master: string) => boolean
  readonly #counts = new Map<string, number>()

  /** @param hasCrashed whether the master is down now because its process has ended */
  constructor(hasCrashed: (master: string) => boolean) {
    this.#hasCrashed = hasCrashed
  }

  /** A sink of the event bus: the state that `hasCrashed` reads is that after the event. */
  event({ event }: PublishedEvent): void {
    if (event.name !== '+sdown' || event.subject.kind !== 'master') return
    const { name } = event.subject
    if (this.#hasCrashed(name)) this.#counts.set(name, this.of(name) + 1)
  }

  of(master: string): number {
    return this.#counts.get(master) ?? 0
  }

  /** Forgets all others, so that names of removed masters do not fill the memory. */
  keepOnly(masters: ReadonlySet<string>): void {
    for (const name of this.#counts.keys()) if (!masters.has(name)) this.#counts.delete(name)
  }
}
