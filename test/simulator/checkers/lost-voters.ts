/**
 * Sentinels that cannot know how many voters there are. After RESET or REMOVE, the forgotten peers count while the
 * process lives (docs/decisions/0011-forgotten-peers-still-count.md); after FORCE, also over a restart, while there
 * is a tombstone on the disk that says so (docs/decisions/0054-forgetting.md). A restart without it leaves the
 * sentinels that the file names, and the majority of those is all that can be demanded.
 */
import type { Input } from '../../../src/core/index.ts'
import type { SentinelNode } from '../sentinel-node.ts'

export class LostVoters {
  /** Masters of which peers were forgotten by the process that runs or ran last, by sentinel and master. */
  readonly #forgotten = new Map<string, 'reset' | 'forced'>()
  readonly #lost = new Set<string>()

  note(sentinel: SentinelNode, input: Input): void {
    if (input.type !== 'operation') return
    const { operation } = input
    if (operation.kind === 'reset' || operation.kind === 'remove') {
      const names = operation.kind === 'remove' ? [operation.name] : sentinel.view?.masterNames() ?? []
      for (const name of names) this.#forgotten.set(`${sentinel.name} ${name}`, 'reset')
    } else if (operation.kind === 'forget' && operation.isForced) {
      const key = `${sentinel.name} ${operation.name}`
      this.#forgotten.set(key, this.#forgotten.get(key) ?? 'forced')
    }
  }

  started(sentinel: SentinelNode): void {
    for (const [key, how] of this.#forgotten) {
      const [name, master = ''] = key.split(' ')
      if (name === sentinel.name && (how === 'reset' || !keepsVoters(sentinel, master))) this.#lost.add(key)
    }
  }

  /** The sentinels that can be expected to count as voters, without this one. */
  othersOf(sentinel: SentinelNode, master: string, all: readonly SentinelNode[]): readonly SentinelNode[] {
    const others = all.filter((one) => one !== sentinel)
    if (!this.#lost.has(`${sentinel.name} ${master}`)) return others
    const known = new Set(sentinel.view?.peers(master, sentinel.now()).map(({ runId }) => runId))
    return others.filter(({ id }) => known.has(id))
  }
}

/** Whether a tombstone on the disk says how many voters there were. */
function keepsVoters(sentinel: SentinelNode, master: string): boolean {
  const { tombstones = [] } = sentinel.disk.ownContent.forgotten.get(master) ?? {}
  return tombstones.some(({ voters, untilWall }) => voters > 0 && untilWall > sentinel.now().wall)
}
