/**
 * What was told so far, as far as the rules need it: it is part of the state, because the same world after another past
 * may break another rule. The rules themselves stand here, too.
 */
import type { DurableState, Epoch } from '../../../src/core/index.ts'
import { isOwnEpoch } from '../../../src/core/election/own-epoch.ts'
import { currentEpochOf, masterOf } from './durable-facts.ts'
import type { Nodes } from './nodes.ts'
import type { Process, Word } from './process.ts'

export interface History {
  /** Voter and epoch to candidate. */
  readonly votes: Readonly<Record<string, string>>
  /** Epoch to leader. */
  readonly leaders: Readonly<Record<string, string>>
  /** Config-epoch to address. */
  readonly addresses: Readonly<Record<string, string>>
  /** Sentinel to the highest epochs that it told. */
  readonly told: Readonly<Record<string, string>>
  /** Data node to the highest epoch in which an elected leader ordered its promotion. */
  readonly promotions: Readonly<Record<string, string>>
}

export const NO_HISTORY: History = { votes: {}, leaders: {}, addresses: {}, told: {}, promotions: {} }

export interface Broken {
  readonly invariant: string
  readonly text: string
}

interface Telling {
  readonly process: Process
  readonly id: string
  readonly ids: readonly string[]
  readonly configEpoch: Epoch
  /** It runs a failover itself. */
  readonly isLeading: boolean
  /** How many sentinels have its configuration or a later one, itself included. */
  readonly agreeing: number
  readonly nodes: Nodes
}

/** What is known after a word, and what it breaks. */
export function hear(history: History, word: Word, telling: Telling): { history: History, broken: Broken | undefined } {
  switch (word.kind) {
    case 'broken':
      return { history, broken: word }
    case 'voted':
      return vote(history, telling, word)
    case 'answer': {
      const { leader: candidate, epoch, disk } = word
      if (candidate === undefined) return { history, broken: undefined }
      return vote(history, telling, { candidate, epoch: String(epoch), disk })
    }
    case 'elected':
      return elect(history, telling, word)
    case 'send':
      return send(history, telling, word)
  }
}

function vote(
  history: History, { id, ids }: Telling, told: { candidate: string, epoch: string, disk: DurableState },
): { history: History, broken: Broken | undefined } {
  const voter = nameOf(id, ids)
  const candidate = nameOf(told.candidate, ids)
  const { leaderEpoch } = masterOf(told.disk)
  if (leaderEpoch < BigInt(told.epoch)) {
    const text = `${voter} tells its vote of epoch ${told.epoch} with ${leaderEpoch} on the disk`
    return broken(history, 'durable before told', text)
  }
  const key = `${voter} ${told.epoch}`
  const first = history.votes[key]
  if (first !== undefined && first !== candidate) {
    return broken(history, 'one vote for each sentinel and epoch', `${voter} votes for ${first} and ${candidate} in epoch ${told.epoch}`)
  }
  return { history: { ...history, votes: sorted({ ...history.votes, [key]: candidate }) }, broken: undefined }
}

function elect(
  history: History, { id, ids }: Telling, { epoch, peers, isOrdered }: Extract<Word, { kind: 'elected' }>,
): { history: History, broken: Broken | undefined } {
  const leader = nameOf(id, ids)
  const voters = Object.entries(history.votes).filter(([key, candidate]) => key.endsWith(` ${epoch}`) && candidate === leader)
  // An order that no majority answers goes on in an epoch of its own.
  const needed = isOrdered && isOwnEpoch(BigInt(epoch), id) ? 1 : Math.floor((peers + 1) / 2) + 1
  if (voters.length < needed) {
    return broken(history, 'no leader without a majority', `${leader} leads in epoch ${epoch} with ${voters.length} of ${needed} votes`)
  }
  const other = history.leaders[epoch]
  if (other !== undefined && other !== leader) {
    return broken(history, 'one leader for each epoch', `${other} and ${leader} lead in epoch ${epoch}`)
  }
  return { history: { ...history, leaders: sorted({ ...history.leaders, [epoch]: leader }) }, broken: undefined }
}

function send(
  history: History, telling: Telling, { to, effect, disk }: Extract<Word, { kind: 'send' }>,
): { history: History, broken: Broken | undefined } {
  const { request, argv } = effect
  const name = nameOf(telling.id, telling.ids)
  if (request.kind === 'transaction' && argv[0] === 'SLAVEOF') {
    return order(history, telling, { name, to, target: argv[1] ?? '' })
  }
  if (request.kind === 'ask' && request.epoch > currentEpochOf(disk)) {
    return broken(history, 'durable before told', `${name} asks for votes in epoch ${request.epoch} with ${currentEpochOf(disk)} on the disk`)
  }
  return request.kind === 'publish' ? hello(history, name, argv[2] ?? '', disk) : { history, broken: undefined }
}

/** Promotions need a leader; a returned master is demoted only under a configuration that a majority has. */
function order(
  history: History, { process, id, ids, configEpoch, isLeading, agreeing, nodes }: Telling,
  { name, to, target }: { name: string, to: string, target: string },
): { history: History, broken: Broken | undefined } {
  const promotedIn = BigInt(history.promotions[to] ?? '0')
  if (target === 'NO') {
    if (!process.isElected) {
      return broken(history, 'no promotion without a leader', `${name} promotes without being elected`)
    }
    const epoch = BigInt(process.attempt)
    // An order that no majority answered takes no votes (docs/decisions/0045-returned-master.md).
    if (epoch <= promotedIn || isOwnEpoch(epoch, id)) return { history, broken: undefined }
    const promotions = sorted({ ...history.promotions, [to]: String(epoch) })
    return { history: { ...history, promotions }, broken: undefined }
  }
  // A replica that follows another node is corrected after failover-timeout, without a majority.
  if (isLeading || nodes[to] !== 'nobody') return { history, broken: undefined }
  const told = `${name} orders ${to} to follow ${target} under config-epoch ${configEpoch}`
  if (promotedIn > configEpoch) {
    return broken(history, 'no promoted node is demoted', `${told}, but it was promoted in epoch ${promotedIn}`)
  }
  if (2 * agreeing > ids.length) return { history, broken: undefined }
  return broken(history, 'no demotion without a majority', `${told}, which ${agreeing} of ${ids.length} have`)
}

function hello(
  history: History, name: string, payload: string, disk: DurableState,
): { history: History, broken: Broken | undefined } {
  const [, , , epoch = '0', , host = '', , configEpoch = '0'] = payload.split(',')
  const saved = masterOf(disk)
  const isSaved = BigInt(epoch) <= currentEpochOf(disk) && BigInt(configEpoch) <= saved.configEpoch
    && (BigInt(configEpoch) < saved.configEpoch || host === saved.host)
  if (!isSaved) {
    return broken(history, 'durable before told', `${name} tells ${epoch}, ${host} of ${configEpoch} with ${currentEpochOf(disk)}, ${saved.host} of ${saved.configEpoch} on the disk`)
  }
  const [toldEpoch = '0', toldConfig = '0'] = history.told[name]?.split(' ') ?? []
  if (BigInt(epoch) < BigInt(toldEpoch) || BigInt(configEpoch) < BigInt(toldConfig)) {
    return broken(history, 'epochs never go back', `${name} tells ${epoch} and ${configEpoch} after ${toldEpoch} and ${toldConfig}`)
  }
  const known = history.addresses[configEpoch]
  if (known !== undefined && known !== host) {
    return broken(history, 'one address for each config-epoch', `config-epoch ${configEpoch} is ${known} and, for ${name}, ${host}`)
  }
  return {
    history: {
      ...history,
      addresses: sorted({ ...history.addresses, [configEpoch]: host }),
      told: sorted({ ...history.told, [name]: `${epoch} ${configEpoch}` }),
    },
    broken: undefined,
  }
}

function broken(history: History, invariant: string, text: string): { history: History, broken: Broken } {
  return { history, broken: { invariant, text } }
}

function nameOf(id: string, ids: readonly string[]): string {
  const at = ids.indexOf(id.toLowerCase())
  return at < 0 ? id : `s${at + 1}`
}

/** The same facts in one order, whatever the order was in which they were learned. */
function sorted(facts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(facts).sort(([a], [b]) => a < b ? -1 : 1))
}
