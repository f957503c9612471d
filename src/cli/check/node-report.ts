/** Reads the state and the rights of one node over a short connection. It changes nothing. */
import type { ConnectionOptions } from 'node:tls'

import type { DurableMaster, Reply } from '../../core/index.ts'
import { addressText, errorOf, fieldsOf, infoOf, textOf } from '../../explain/index.ts'
import type { AdminLogin } from './options.ts'
import { NodeClient, type NodeAddress, NodeUnreachable } from '../node-client/node-client.ts'

export interface NodeReport {
  readonly master: DurableMaster
  readonly address: NodeAddress
  /** Source of the address: the monitor line, another line of the file, or the INFO of the master. */
  readonly namedBy: 'monitor' | 'file' | 'master'
  readonly contact: Contact
}

export type Contact =
  /** `speaks`: TLS or plain when the node answers to that instead of the configured one. */
  | { readonly kind: 'unreachable', readonly reason: string, readonly speaks: 'tls' | 'plain' | undefined }
  /** The node requires a login, and there is none or it is wrong. */
  | { readonly kind: 'no-login', readonly error: string }
  | NodeAnswers

export type ServerKind = 'data-node' | 'sentinel' | 'cluster-node'

export interface NodeAnswers {
  readonly kind: 'answers'
  /** A sentinel and a node of a cluster cannot be a master or a replica of Sentinel. */
  readonly server: ServerKind
  /** The shortest of a few round trips of PING, in milliseconds: what the network and the node need at least. */
  readonly roundTripMs: number
  /** AUTH was refused because the node has no password. */
  readonly loginNotNeeded: boolean
  /** The fields of INFO; undefined when INFO was refused, which `rights` shows. */
  readonly info: ReadonlyMap<string, string> | undefined
  readonly settings: ReadonlyMap<string, string>
  readonly rights: Rights
}

export interface Rights {
  /** Commands that this user may not use, with the error of the node. */
  readonly denied: readonly { readonly command: string, readonly error: string }[]
  /** Those of them that only coordinated failovers need. */
  readonly deniedCoordinated: readonly string[]
  /** Commands that the node does not have. */
  readonly missing: readonly string[]
  /** Why the rights could not be read; undefined when they were read. */
  readonly unchecked: string | undefined
}

/** The commands that a sentinel sends to data nodes (behaviour.md 3.8). */
const NEEDED: readonly (readonly [string, ...string[]])[] = [
  ['PING'], ['INFO'], ['PUBLISH', '__sentinel__:hello', 'x'], ['SUBSCRIBE', '__sentinel__:hello'],
  ['MULTI'], ['SLAVEOF', 'NO', 'ONE'], ['CONFIG', 'REWRITE'], ['CLIENT', 'KILL', 'TYPE', 'normal'], ['EXEC'],
  ['CLIENT', 'SETNAME', 'x'], ['SCRIPT', 'KILL'],
]

/** Those of a coordinated failover, which servers before 6.2 do not have. */
const COORDINATED: readonly (readonly [string, ...string[]])[] = [
  ['FAILOVER', 'ABORT'], ['CLIENT', 'PAUSE', '1', 'WRITE'], ['CLIENT', 'UNPAUSE'], ['REPLCONF', 'GETACK', '*'],
]

/** The settings that are read. Releases before 5.0 have the names with `slave`. */
const SETTINGS = [
  'requirepass', 'masterauth', 'masteruser', 'min-replicas-to-write', 'min-slaves-to-write', 'replica-announce-ip',
  'slave-announce-ip',
]

export interface ReportOptions {
  readonly master: DurableMaster
  readonly address: NodeAddress
  readonly namedBy: NodeReport['namedBy']
  readonly means: ProbeMeans
}

/** How nodes are contacted. */
export interface ProbeMeans {
  readonly tls: ConnectionOptions | undefined
  readonly admin: AdminLogin | undefined
}

export async function reportNode({ master, address, namedBy, means }: ReportOptions): Promise<NodeReport> {
  return { master, address, namedBy, contact: await contactNode(master, address, means) }
}

async function contactNode(master: DurableMaster, address: NodeAddress, means: ProbeMeans): Promise<Contact> {
  const { tls } = means
  let client: NodeClient | undefined
  try {
    client = await NodeClient.open({ ...address, tls })
    const contact = await ask(client, master)
    return contact.kind === 'answers' ? await withAdmin(contact, master, address, means) : contact
  } catch (error) {
    if (!(error instanceof NodeUnreachable)) throw error
    return { kind: 'unreachable', reason: error.message, speaks: await otherSpeech(address, tls) }
  } finally {
    client?.close()
  }
}

/** Reads the rights as administrator where the sentinel's user may not read its own. */
async function withAdmin(
  contact: NodeAnswers, master: DurableMaster, address: NodeAddress, { tls, admin }: ProbeMeans,
): Promise<Contact> {
  if (contact.rights.unchecked === undefined || admin === undefined) return contact
  const client = await NodeClient.open({ ...address, tls })
  try {
    const login = [...admin.user === undefined ? [] : [admin.user], admin.password]
    const refused = errorOf(await client.call('AUTH', ...login))
    if (refused !== undefined) {
      return { ...contact, rights: { ...contact.rights, unchecked: `the login of --pass-file was refused: "${refused}"` } }
    }
    return { ...contact, rights: await readRights(client, namesOf(master), master.settings.authUser ?? 'default') }
  } finally {
    client.close()
  }
}

/** Whether the node answers to TLS where the configuration is plain, or the other way round. */
async function otherSpeech(address: NodeAddress, tls: ConnectionOptions | undefined): Promise<'tls' | 'plain' | undefined> {
  let client: NodeClient | undefined
  try {
    // Only whether the node uses TLS matters here. No command is sent over this connection.
    client = await NodeClient.open({ ...address, tls: tls === undefined ? { rejectUnauthorized: false } : undefined })
    if (tls === undefined) return 'tls'
    await client.call('PING')
    return 'plain'
  } catch (error) {
    if (error instanceof NodeUnreachable) return undefined
    throw error
  } finally {
    client?.close()
  }
}

async function ask(client: NodeClient, master: DurableMaster): Promise<Contact> {
  const login = await logIn(client, master)
  if (login.error !== undefined) return { kind: 'no-login', error: login.error }
  const named = namesOf(master)
  const ping = errorOf(await client.call(named('PING')))
  if (ping?.startsWith('NOAUTH') === true) return { kind: 'no-login', error: ping }
  const info = infoFrom(await client.call(named('INFO')))
  const server = serverKind(info)
  const common = {
    kind: 'answers', server, info, loginNotNeeded: login.notNeeded, roundTripMs: await roundTrip(client, named('PING')),
  } as const
  // The rest has no meaning for another kind of server.
  if (server !== 'data-node') return { ...common, settings: new Map(), rights: NO_RIGHTS }
  return { ...common, settings: await readSettings(client, named('CONFIG')), rights: await readRights(client, named) }
}

const NO_RIGHTS: Rights = Object.freeze({ denied: [], deniedCoordinated: [], missing: [], unchecked: undefined })

function serverKind(info: ReadonlyMap<string, string> | undefined): ServerKind {
  const mode = info?.get('redis_mode') ?? info?.get('server_mode')
  if (mode === 'sentinel') return 'sentinel'
  return mode === 'cluster' || info?.get('cluster_enabled') === '1' ? 'cluster-node' : 'data-node'
}

/** Round trips that are measured; the shortest counts, because this machine may be busy for a moment. */
const ROUND_TRIPS = 3

async function roundTrip(client: NodeClient, ping: string): Promise<number> {
  let shortest = Infinity
  for (let at = 0; at < ROUND_TRIPS; at++) {
    const from = performance.now()
    await client.call(ping)
    shortest = Math.min(shortest, performance.now() - from)
  }
  return shortest
}

interface Login {
  readonly error: string | undefined
  readonly notNeeded: boolean
}

type Named = (command: string) => string

/** Returns the node's own names of commands (`sentinel rename-command`). */
function namesOf({ settings: { renamedCommands } }: DurableMaster): Named {
  const names = new Map(renamedCommands.map(([from, to]) => [from.toLowerCase(), to]))
  return (command) => names.get(command.toLowerCase()) ?? command
}

async function logIn(client: NodeClient, master: DurableMaster): Promise<Login> {
  const { authPass, authUser } = master.settings
  if (authPass === undefined) return { error: undefined, notNeeded: false }
  const reply = await client.call(namesOf(master)('AUTH'), ...authUser === undefined ? [] : [authUser], authPass)
  const error = errorOf(reply)
  const notNeeded = error !== undefined && /without any password configured|no password is set/.test(error)
  return { error: notNeeded ? undefined : error, notNeeded }
}

function infoFrom(reply: Reply): ReadonlyMap<string, string> | undefined {
  const text = textOf(reply)
  return text === undefined ? undefined : infoOf(text)
}

/** The settings that this login may read. Unknown settings are left out. */
async function readSettings(client: NodeClient, config: string): Promise<ReadonlyMap<string, string>> {
  const settings = new Map<string, string>()
  for (const name of SETTINGS) {
    for (const [key, value] of fieldsOf(await client.call(config, 'GET', name)) ?? []) settings.set(key, value)
  }
  return settings
}

/** The rights of `user`, by default of the user that is logged in. */
async function readRights(client: NodeClient, named: Named, user?: string): Promise<Rights> {
  const missing = await missingCommands(client, named)
  const whoAmI = await client.call('ACL', 'WHOAMI')
  const name = user ?? textOf(whoAmI)
  if (name === undefined) {
    const problem = errorOf(whoAmI)
    // Before Redis 6 there are no users: every client that has logged in may do everything.
    return { denied: [], deniedCoordinated: [], missing, unchecked: isUnknown(problem) ? undefined : answered('ACL WHOAMI', problem) }
  }
  const denied: { command: string, error: string }[] = []
  for (const [command, ...args] of NEEDED) {
    if (missing.includes(named(command))) continue
    const reply = await client.call('ACL', 'DRYRUN', name, named(command), ...args)
    const error = errorOf(reply)
    if (isUnknown(error)) {
      return { denied, deniedCoordinated: [], missing, unchecked: await rightsWithoutDryRun(client, name) }
    }
    if (error !== undefined) return { denied, deniedCoordinated: [], missing, unchecked: answered('ACL DRYRUN', error) }
    const verdict = textOf(reply) ?? ''
    if (verdict !== 'OK') denied.push({ command: [named(command), ...args].join(' '), error: verdict })
  }
  return { denied, deniedCoordinated: await deniedOfCoordinated(client, named, name), missing, unchecked: undefined }
}

/** A command that the server does not have is not denied. */
async function deniedOfCoordinated(client: NodeClient, named: Named, user: string): Promise<string[]> {
  const denied: string[] = []
  for (const [command, ...args] of COORDINATED) {
    const reply = await client.call('ACL', 'DRYRUN', user, named(command), ...args)
    if (errorOf(reply) === undefined && textOf(reply) !== 'OK') denied.push([named(command), ...args].join(' '))
  }
  return denied
}

function isUnknown(error: string | undefined): boolean {
  return error !== undefined && /unknown (sub)?command/i.test(error)
}

function answered(command: string, error: string | undefined): string | undefined {
  return error === undefined ? undefined : `it answered ${command} with "${error}"`
}

/** Redis 6 has users, but no ACL DRYRUN. Undefined for a user with all commands, such as the default user. */
async function rightsWithoutDryRun(client: NodeClient, name: string): Promise<string | undefined> {
  const reply = await client.call('ACL', 'GETUSER', name)
  const user = fieldsOf(reply)
  if (user === undefined) return answered('ACL GETUSER', errorOf(reply)) ?? `it has no user '${name}'`
  const commands = user.get('commands') ?? ''
  return commands === '+@all' ? undefined : `Redis before 7 has no ACL DRYRUN; the rules of the user '${name}' are "${commands}"`
}

async function missingCommands(client: NodeClient, named: Named): Promise<readonly string[]> {
  const names = [...new Set(NEEDED.map(([command]) => named(command)))]
  const reply = await client.call('COMMAND', 'INFO', ...names)
  if (reply.kind !== 'array') return []
  return names.filter((_, at) => reply.items[at]?.kind === 'null')
}

export function whereOf({ address }: Pick<NodeReport, 'address'>): string {
  return addressText(address)
}
