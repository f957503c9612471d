/**
 * Peers that an operator made a sentinel forget count as voters after a restart as well
 * (docs/decisions/0011-forgotten-peers-still-count.md): no crash leaves a configuration that lacks them without what
 * was kept of them. Only those that a configuration on the disk has named can be demanded. No run lasts as long as they
 * count.
 */
import type { Input } from '../../../src/core/index.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Checker } from './watch.ts'

export const votersAreKept: Checker = {
  invariant: 'forgotten voters count after a restart',
  watch: ({ report }) => {
    /** By sentinel and master. */
    const forgotten = new SetsByKey()
    const saved = new SetsByKey()
    return {
      started: (sentinel) => { noteSaved(sentinel, saved) },
      stepped: (sentinel, input) => {
        if (input.type === 'saved') noteSaved(sentinel, saved)
        // A disk that refuses everything holds nothing back, so a crash may undo what was done meanwhile.
        if (isForgetting(input) && sentinel.disk.failure === undefined) noteForgotten(sentinel, forgotten)
        if (input.type !== 'start' && !isMonitoring(input)) return
        for (const name of sentinel.view?.masterNames() ?? []) {
          const key = `${sentinel.name} ${name}`
          const counted = votersOf(sentinel, name)
          const lost = [...forgotten.of(key)].filter((id) => saved.of(key).has(id) && !counted.has(id))
          if (lost.length > 0) report(`${sentinel.name} counts ${lost.length} sentinels of ${name} no more that it was made to forget`)
          if (input.type === 'start') forgotten.drop(key, knownAgain(sentinel, name))
        }
      },
    }
  },
}

class SetsByKey {
  readonly #sets = new Map<string, Set<string>>()

  of(key: string): ReadonlySet<string> {
    return this.#sets.get(key) ?? new Set()
  }

  add(key: string, values: Iterable<string>): void {
    this.#sets.set(key, new Set([...this.of(key), ...values]))
  }

  drop(key: string, values: ReadonlySet<string>): void {
    this.#sets.set(key, new Set([...this.of(key)].filter((value) => !values.has(value))))
  }
}

function isForgetting(input: Input): boolean {
  if (input.type !== 'operation') return false
  const { operation } = input
  return operation.kind === 'reset' || operation.kind === 'remove' || (operation.kind === 'forget' && operation.isForced)
}

function isMonitoring(input: Input): boolean {
  return input.type === 'operation' && input.operation.kind === 'monitor'
}

function noteSaved({ name, disk }: SentinelNode, saved: SetsByKey): void {
  for (const master of disk.content.masters) saved.add(`${name} ${master.name}`, master.sentinels.map(({ runId }) => runId))
}

function noteForgotten({ name, memory }: SentinelNode, forgotten: SetsByKey): void {
  for (const [master, { kept }] of memory?.state.formerVoters ?? []) forgotten.add(`${name} ${master}`, kept.ids)
}

/** Peers of the file that are no former voters: a crash undid the RESET. FORGET may remove one of them later. */
function knownAgain({ memory }: SentinelNode, name: string): Set<string> {
  const { masters, formerVoters } = memory?.state ?? {}
  const kept = formerVoters?.get(name)?.kept.ids ?? []
  return new Set([...masters?.get(name)?.peers.keys() ?? []].filter((id) => !kept.includes(id)))
}

function votersOf({ memory }: SentinelNode, name: string): Set<string> {
  const { masters, formerVoters } = memory?.state ?? {}
  return new Set([...masters?.get(name)?.peers.keys() ?? [], ...formerVoters?.get(name)?.kept.ids ?? []])
}
