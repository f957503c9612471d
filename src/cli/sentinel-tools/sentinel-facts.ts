/** Facts about masters that every sentinel, ours or the original, reports. */
import { addressText, entriesOf, errorOf, isUnknownCommand, textOf } from '../../explain/index.ts'
import type { Reply } from '../../core/index.ts'
import { nearestWord } from '../../text/index.ts'
import { ToolFailure } from '../connection/errors.ts'
import type { NodeClient } from '../node-client/node-client.ts'

export type Entry = ReadonlyMap<string, string>

export interface MasterFacts {
  readonly master: Entry
  readonly replicas: readonly Entry[]
  readonly sentinels: readonly Entry[]
  /** The reply to CKQUORUM: `OK …` or `NOQUORUM …`. NO_CKQUORUM when the release does not have the command. */
  readonly quorumCheck: string
}

export const NO_CKQUORUM = 'this release has no SENTINEL CKQUORUM'

/** @throws ToolFailure when the server is not a sentinel, or refuses the command */
export async function readMasters(client: NodeClient): Promise<readonly MasterFacts[]> {
  return Promise.all((await listMasters(client)).map((master) => readMaster(client, master)))
}

async function listMasters(client: NodeClient): Promise<readonly Entry[]> {
  const reply = await client.call('SENTINEL', 'MASTERS')
  const problem = errorOf(reply)
  if (problem !== undefined) throw new ToolFailure(refusal(problem))
  return entriesOf(reply)
}

/** About one master. @throws ToolFailure when there is no such one, or the server refuses the command */
export async function oneMaster(client: NodeClient, name: string): Promise<MasterFacts> {
  const master = (await listMasters(client)).find((one) => one.get('name') === name)
  if (master === undefined) throw await masterFailure(client, name, 'ERR No such master with that name')
  return readMaster(client, master)
}

async function readMaster(client: NodeClient, master: Entry): Promise<MasterFacts> {
  const name = master.get('name') ?? ''
  const [replicas, sentinels, quorum] = await Promise.all([
    readReplicas(client, name), client.call('SENTINEL', 'SENTINELS', name), client.call('SENTINEL', 'CKQUORUM', name),
  ])
  const problem = errorOf(quorum)
  return {
    master,
    replicas: entriesOf(granted(replicas)),
    sentinels: entriesOf(granted(sentinels)),
    quorumCheck: problem !== undefined && isUnknownCommand(problem) ? NO_CKQUORUM : problem ?? textOf(quorum) ?? '',
  }
}

/** Releases before 5.0 have only the older name of the command. */
async function readReplicas(client: NodeClient, name: string): Promise<Reply> {
  const reply = await client.call('SENTINEL', 'REPLICAS', name)
  const problem = errorOf(reply)
  return problem !== undefined && isUnknownCommand(problem) ? client.call('SENTINEL', 'SLAVES', name) : reply
}

/** The reply, unless it is an error. A master that was removed in between has no entries. @throws ToolFailure */
function granted(reply: Reply): Reply {
  const problem = errorOf(reply)
  if (problem !== undefined && !/^ERR No such master/i.test(problem)) throw new ToolFailure(refusal(problem))
  return reply
}

export function refusal(problem: string): string {
  if (problem.startsWith('NOAUTH')) return 'a password is required: give --pass-file FILE, and --user NAME for another user than default'
  return /unknown command/i.test(problem) ? `this is not a sentinel: it answered "${problem}"` : `the answer is "${problem}"`
}

/** The failure for a command about a master: with the names that exist, where the sentinel tells them. */
export async function masterFailure(client: NodeClient, master: string, problem: string): Promise<ToolFailure> {
  if (!/^ERR No such master/i.test(problem)) return new ToolFailure(refusal(problem))
  const names = entriesOf(await client.call('SENTINEL', 'MASTERS')).map((entry) => entry.get('name') ?? '')
  return new ToolFailure(`it monitors no master named ${JSON.stringify(master)}${namesText(master, names)}`)
}

/** Names listed at most; more are counted. */
const NAMES_MAX = 10

function namesText(master: string, names: readonly string[]): string {
  if (names.length === 0) return '; it monitors none'
  const near = nearestWord(master, names)
  const listed = near === undefined ? names : [near, ...names.filter((name) => name !== near)]
  const more = listed.length - NAMES_MAX
  return `; its masters are ${listed.slice(0, NAMES_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

export function addressOf(entry: Entry): string {
  return addressText({ host: entry.get('ip') ?? '', port: entry.get('port') ?? '' })
}

export function flagsOf(entry: Entry): readonly string[] {
  return (entry.get('flags') ?? '').split(',')
}

/** Whether a master reports the role of a replica, and so refuses writes. */
export function reportsReplica(master: Entry): boolean {
  return master.get('role-reported') === 'slave'
}
