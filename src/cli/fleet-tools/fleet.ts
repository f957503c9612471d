/**
 * All sentinels of one master. The first one is asked for the others, and each of those for more. Each gets a
 * connection of its own, with a time limit.
 */
import { addressText, entriesOf, errorOf, fieldsOf, isUnknownCommand, textOf } from '../../explain/index.ts'
import type { Connection } from '../connection/connection-options.ts'
import { ToolFailure } from '../connection/errors.ts'
import { loadLogin, openClient, type LoadedLogin } from '../connection/open-client.ts'
import { NodeUnreachable, type NodeAddress, type NodeClient } from '../node-client/node-client.ts'
import { masterFailure, type Entry } from '../sentinel-tools/sentinel-facts.ts'

/** Sentinels of one master that are contacted. Real fleets have less than ten. */
const MEMBERS_MAX = 64

/**
 * `ours` has the commands that these tools send. `older` is a ts-sentinel of a release without them, `original` a
 * redis-sentinel or a Valkey sentinel.
 */
export type MemberKind = 'ours' | 'older' | 'original'

/** A sentinel that answers. */
export interface Member {
  readonly address: NodeAddress
  /** Undefined for a release without SENTINEL MYID. */
  readonly id: string | undefined
  readonly kind: MemberKind
  readonly client: NodeClient
  /** The fields of SENTINEL MASTER when the fleet was found. */
  readonly master: Entry
  /** The other sentinels that it knows, then. */
  readonly peers: readonly Entry[]
}

/** A sentinel that another one lists and that cannot be used. */
export interface MissingMember {
  readonly address: NodeAddress
  readonly id: string | undefined
  /** Why, in plain words. */
  readonly problem: string
}

export interface Fleet {
  readonly name: string
  /** The sentinel of the command line. */
  readonly first: Member
  /** All that answer, the first one included. */
  readonly members: readonly Member[]
  readonly missing: readonly MissingMember[]
  readonly login: LoadedLogin
  readonly close: () => void
}

interface Listed {
  readonly address: NodeAddress
  readonly id: string | undefined
}

/**
 * Finds and connects to all sentinels of the master. @throws ToolFailure or NodeUnreachable when the first one cannot
 * be used, UsageError for a certificate that cannot be read
 */
export async function findFleet(connection: Connection, name: string): Promise<Fleet> {
  const login = loadLogin(connection.login)
  const first = await firstMember(connection, login, name)
  const members = [first]
  const missing: MissingMember[] = []
  let asked: readonly Listed[] = [{ address: first.address, id: first.id }]
  for (;;) {
    const next = unseen(asked, members).slice(0, MEMBERS_MAX - asked.length)
    if (next.length === 0) break
    asked = [...asked, ...next]
    for (const found of await Promise.all(next.map((listed) => join(listed, login, name)))) {
      if ('problem' in found) missing.push(found)
      // One sentinel under two addresses is kept once.
      else if (found.id !== undefined && members.some(({ id }) => id === found.id)) found.client.close()
      else members.push(found)
    }
  }
  return {
    name, first, members, missing, login,
    close: () => { for (const { client } of members) client.close() },
  }
}

async function firstMember(connection: Connection, login: LoadedLogin, name: string): Promise<Member> {
  const where = addressText(connection)
  let client: NodeClient | undefined
  try {
    client = await openClient(connection, login)
    return await readMember(client, connection, name)
  } catch (error) {
    client?.close()
    if (error instanceof ToolFailure) throw new ToolFailure(`${where}: ${error.message}`)
    if (!(error instanceof NodeUnreachable)) throw error
    throw new NodeUnreachable(`${where}${client === undefined ? ' cannot be reached' : ''}: ${error.message}`)
  }
}

/** Sentinels that a member lists and that have not been asked, each once. */
function unseen(asked: readonly Listed[], members: readonly Member[]): readonly Listed[] {
  const seen = [...asked]
  for (const peer of members.flatMap(({ peers }) => peers)) {
    const listed = { address: { host: peer.get('ip') ?? '', port: Number(peer.get('port')) }, id: peer.get('runid') || undefined }
    const isKnown = [...seen, ...members].some((one) => isSame(one, listed))
    if (!isKnown) seen.push(listed)
  }
  return seen.slice(asked.length)
}

/** One id is one sentinel, under whatever address. */
function isSame(a: Listed, b: Listed): boolean {
  return (a.id !== undefined && a.id === b.id) || addressText(a.address) === addressText(b.address)
}

async function join({ address, id }: Listed, login: LoadedLogin, name: string): Promise<Member | MissingMember> {
  let client: NodeClient | undefined
  try {
    client = await openClient(address, login)
    return await readMember(client, address, name)
  } catch (error) {
    client?.close()
    if (error instanceof NodeUnreachable || error instanceof ToolFailure) return { address, id, problem: error.message }
    throw error
  }
}

/** @throws ToolFailure when it is no sentinel, does not monitor the master, or refuses a command */
async function readMember(client: NodeClient, { host, port }: NodeAddress, name: string): Promise<Member> {
  const [master, sentinels, id, kind] = await Promise.all([
    client.call('SENTINEL', 'MASTER', name), client.call('SENTINEL', 'SENTINELS', name), client.call('SENTINEL', 'MYID'),
    kindOf(client, name),
  ])
  const problem = errorOf(master) ?? errorOf(sentinels)
  const fields = fieldsOf(master)
  if (problem !== undefined || fields === undefined) throw await masterFailure(client, name, problem ?? 'no list of names and values')
  return { address: { host, port }, id: textOf(id), kind, client, master: fields, peers: entriesOf(sentinels) }
}

async function kindOf(client: NodeClient, name: string): Promise<MemberKind> {
  const [paused, explained] = await Promise.all([
    client.call('SENTINEL', 'PAUSED', name), client.call('SENTINEL', 'EXPLAIN', name),
  ])
  const isMissing = (problem: string | undefined): boolean => problem !== undefined && isUnknownCommand(problem)
  if (!isMissing(errorOf(paused))) return 'ours'
  return isMissing(errorOf(explained)) ? 'original' : 'older'
}

/** Sentinels that this one knows, itself included. */
export function knownSentinels({ peers }: Pick<Member, 'peers'>): number {
  return peers.length + 1
}

export const KIND_WORDS: Readonly<Record<MemberKind, string>> = {
  ours: 'ts-sentinel', older: 'older ts-sentinel', original: 'original',
}
