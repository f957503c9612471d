/**
 * What others may rely on is on the disk before they hear it: votes, epochs, configurations (behaviour.md 11.4). A disk
 * that fails excuses all but votes: one that is not on the disk is only for an epoch that no other candidate can use.
 */
import { isOwnEpoch } from '../../../src/core/election/own-epoch.ts'
import type { DurableMaster, Effect, Now, SentinelEvent } from '../../../src/core/index.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Attempts } from './attempts.ts'
import { sentHello, type Checker, type SentHello } from './watch.ts'

export const durableBeforeTold: Checker = {
  invariant: 'durable before told',
  watch: ({ attempts, votes, report }) => {
    const switches = new Switches()
    return {
      answered: (sentinel, operation, result) => {
        if (operation.kind !== 'is-master-down' || result.kind !== 'master-down') return
        const saved = savedMaster(sentinel, votes.masterAsked(operation))
        if (saved === undefined || result.leader === undefined) return
        if (saved.leaderEpoch < result.epoch && !isOwnEpoch(result.epoch, result.leader)) {
          report(`${sentinel.name} told its vote of epoch ${result.epoch} with ${saved.leaderEpoch} on the disk`)
        }
      },
      stepped: (sentinel, _input, effects, now) => { switches.decide(sentinel, effects, now) },
      ended: (sentinel) => { switches.forget(sentinel) },
      said: (sentinel, event) => {
        const unkept = unkeptLeadership(sentinel, attempts, event)
        if (unkept !== undefined) report(`${sentinel.name} leads ${unkept}`)
        const switchEpoch = event.name === '+switch-master' ? switches.tell(sentinel) : 0n
        if (!sentinel.isDurable) return
        const { master } = event
        const problem = eventProblem(sentinel, attempts, event)
        if (problem !== undefined) report(`${sentinel.name} says ${problem}`)
        const savedEpoch = savedMaster(sentinel, master)?.configEpoch
        if (savedEpoch !== undefined && savedEpoch < switchEpoch) {
          report(`${sentinel.name} says +switch-master of config-epoch ${switchEpoch} with ${savedEpoch} on the disk`)
        }
        if (event.name !== '+vote-for-leader') return
        const { epoch } = event
        const saved = savedMaster(sentinel, master)
        if (saved !== undefined && saved.leaderEpoch < epoch) {
          report(`${sentinel.name} published its vote of epoch ${epoch} with ${saved.leaderEpoch} on the disk`)
        }
      },
      sent: (sentinel, argv, request) => {
        if (!sentinel.isDurable) return
        const { content } = sentinel.disk
        if (request.kind === 'publish') {
          const hello = sentHello(argv)
          const problem = hello === undefined ? undefined : helloProblem(sentinel, hello)
          if (problem !== undefined) report(`${sentinel.name} says in a hello ${problem}`)
        } else if (request.kind === 'ask' && request.epoch > content.currentEpoch) {
          report(`${sentinel.name} asks for votes in epoch ${request.epoch} with ${content.currentEpoch} on the disk`)
        }
      },
    }
  },
}

/** A leader that would forget its vote for itself could lead twice in its epoch, unless the epoch is its own. */
function unkeptLeadership(sentinel: SentinelNode, attempts: Attempts, { name, master = '' }: SentinelEvent): string | undefined {
  const epoch = attempts.current(sentinel, master)?.epoch
  const saved = savedMaster(sentinel, master)
  if (name !== '+elected-leader' || epoch === undefined || saved === undefined || saved.leaderEpoch >= epoch) return undefined
  return isOwnEpoch(epoch, sentinel.id) ? undefined : `in epoch ${epoch} with a vote of ${saved.leaderEpoch} on the disk`
}

/** Events of an attempt tell its epoch. */
function eventProblem(sentinel: SentinelNode, attempts: Attempts, event: SentinelEvent): string | undefined {
  const { name, master = '' } = event
  const { currentEpoch } = sentinel.disk.content
  const epoch = event.name === '+new-epoch' ? event.epoch : attempts.current(sentinel, master)?.epoch
  if (!EPOCH_EVENTS.has(name) || epoch === undefined || epoch <= currentEpoch) return undefined
  return `${name} of epoch ${epoch} with ${currentEpoch} on the disk`
}

/** The config-epochs of the +switch-master events that a sentinel has decided on and not yet told, in order. */
class Switches {
  readonly #epochs = new Map<string, bigint[]>()

  decide(sentinel: SentinelNode, effects: readonly Effect[], now: Now): void {
    for (const effect of effects) {
      if (effect.type !== 'emit' || effect.event.name !== '+switch-master') continue
      const epochs = this.#epochs.get(sentinel.name) ?? []
      epochs.push(sentinel.view?.master(effect.event.master ?? '', now)?.configEpoch ?? 0n)
      this.#epochs.set(sentinel.name, epochs)
    }
  }

  /** The config-epoch of the event that is told now. */
  tell(sentinel: SentinelNode): bigint {
    return this.#epochs.get(sentinel.name)?.shift() ?? 0n
  }

  forget(sentinel: SentinelNode): void {
    this.#epochs.delete(sentinel.name)
  }
}

const EPOCH_EVENTS = new Set(['+new-epoch', '+try-failover', '+elected-leader', '+selected-slave', '+promoted-slave'])

function helloProblem(sentinel: SentinelNode, hello: SentHello): string | undefined {
  const { content } = sentinel.disk
  const saved = savedMaster(sentinel, hello.master)
  if (hello.epoch > content.currentEpoch) return `the epoch ${hello.epoch} with ${content.currentEpoch} on the disk`
  if (saved === undefined) return undefined
  if (hello.configEpoch > saved.configEpoch) return `the config-epoch ${hello.configEpoch} with ${saved.configEpoch} on the disk`
  if (hello.configEpoch === saved.configEpoch && (hello.host !== saved.host || hello.port !== saved.port)) {
    return `the address ${hello.host}:${hello.port} with ${saved.host}:${saved.port} on the disk`
  }
  return undefined
}

function savedMaster(sentinel: SentinelNode, name: string | undefined): DurableMaster | undefined {
  return sentinel.disk.content.masters.find((master) => master.name === name)
}
