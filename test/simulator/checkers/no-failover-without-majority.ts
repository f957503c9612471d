/**
 * Nobody leads without the told votes of a majority (and the quorum), nobody is promoted without a leader, and ODOWN
 * needs a quorum that said so lately (behaviour.md 16.1.5, 16.1.6 and 16.1.13).
 */
import type { Input, Millis } from '../../../src/core/index.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import { tunable, type Checker, type Watch } from './watch.ts'

export const noFailoverWithoutMajority: Checker = {
  invariant: 'no failover without a majority and a quorum',
  watch: (watch) => {
    const { cluster, attempts, report } = watch
    const opinions = new Opinions()
    /** Votes needed when the leader was elected: the event waits for a save, and peers may be found meanwhile. */
    const needed = new Map<string, number>()
    return {
      stepped: (sentinel, input, effects, now) => {
        opinions.take(sentinel, input, now.mono)
        for (const effect of effects) {
          if (effect.type !== 'emit') continue
          const { name, master = '' } = effect.event
          if (name === '+elected-leader') needed.set(`${sentinel.name} ${master}`, votesNeeded(sentinel, master))
          if (name !== '+odown') continue
          const quorum = sentinel.view?.master(master, now)?.settings.quorum ?? 1
          const agree = 1 + opinions.fresh(sentinel, now.mono - 5 * tunable(sentinel.view, 'ask-period'))
          if (agree < quorum) report(`${sentinel.name} says +odown with ${agree} of ${quorum} voices`)
        }
      },
      ended: (sentinel) => { opinions.forget(sentinel) },
      said: (sentinel, { name, master = '' }) => {
        if (name === '+elected-leader') checkElection(watch, sentinel, { master, needed })
      },
      sent: (sentinel, argv, request, toIp) => {
        if (request.kind !== 'transaction' || argv[1] !== 'NO' || argv[2] !== 'ONE') return
        const group = cluster.groupAt(toIp)?.name ?? promotedFor(sentinel, toIp)
        const attempt = group === undefined ? undefined : attempts.current(sentinel, group)
        if (attempt?.isElected !== true) report(`${sentinel.name} promotes ${toIp} without being elected`)
      },
    }
  },
}

/** Answers "it is down" that reached a sentinel, by the record of the peer that gave them. */
class Opinions {
  readonly #heard = new Map<string, Map<number, Millis>>()

  take(sentinel: SentinelNode, input: Input, now: Millis): void {
    if (input.type !== 'reply' || input.request.kind !== 'ask' || input.reply.kind !== 'array') return
    const [down] = input.reply.items
    const heard = this.#heard.get(sentinel.name) ?? new Map<number, Millis>()
    this.#heard.set(sentinel.name, heard)
    if (down?.kind === 'integer' && down.value === 1n) heard.set(input.request.record, now)
    else heard.delete(input.request.record)
  }

  fresh(sentinel: SentinelNode, since: Millis): number {
    let count = 0
    for (const at of this.#heard.get(sentinel.name)?.values() ?? []) if (at >= since) count += 1
    return count
  }

  forget(sentinel: SentinelNode): void {
    this.#heard.delete(sentinel.name)
  }
}

/** The master for which a sentinel promotes a node that came from another deployment, and is a replica of ours now. */
function promotedFor({ memory }: SentinelNode, ip: string): string | undefined {
  return [...memory?.state.masters.values() ?? []]
    .find(({ failover }) => 'promoted' in failover && failover.promoted.address.host === ip)?.name
}

function checkElection(
  { attempts, votes, report }: Watch, sentinel: SentinelNode,
  { master, needed }: { master: string, needed: ReadonlyMap<string, number> },
): void {
  const attempt = attempts.current(sentinel, master)
  if (attempt === undefined || attempt.isForced) return
  const voters = votes.votersOf(master, attempt.epoch, sentinel.id)
  const least = needed.get(`${sentinel.name} ${master}`) ?? votesNeeded(sentinel, master)
  if (voters.length < least) {
    report(`${sentinel.name} leads ${master} in epoch ${attempt.epoch} with ${voters.length} of ${least} votes (${voters.join(', ')})`)
  }
}

/** The majority of the sentinels that this one knows now, and at least the quorum. */
function votesNeeded(sentinel: SentinelNode, master: string): number {
  const { view } = sentinel
  const known = (view?.peers(master, sentinel.now()).length ?? 0) + 1
  return Math.max(Math.floor(known / 2) + 1, view?.master(master, sentinel.now())?.settings.quorum ?? 1)
}
