/**
 * Masters whose last text of INFO is that of a process without their data, by what each sentinel knew. RESET forgets
 * that the data were lost, and keeps the text and the position from before the loss until INFO is read again.
 */
import type { Observer } from '../observer.ts'
import type { SentinelNode } from '../sentinel-node.ts'

export class Losses implements Observer {
  /** Run ids of the processes without data, by sentinel and master. */
  readonly #runIds = new Map<string, string>()

  stepped({ name: sentinel, memory }: SentinelNode): void {
    for (const { name, lostData, runId } of memory?.state.masters.values() ?? []) {
      if (lostData !== undefined) this.#runIds.set(`${sentinel} ${name}`, lostData.runId)
      else if (runId !== undefined) this.#runIds.delete(`${sentinel} ${name}`)
    }
  }

  /** Whether a text of INFO is that of a process without the data of the master. */
  has({ name: sentinel }: SentinelNode, master: string, text: string): boolean {
    const [, runId] = /^run_id:(\S+)/m.exec(text) ?? []
    return runId !== undefined && this.#runIds.get(`${sentinel} ${master}`) === runId
  }
}
