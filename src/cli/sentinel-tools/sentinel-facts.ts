/** What any sentinel, ours or the original, tells of its masters. */
import { addressText } from '../../explain/index.ts'
import type { NodeClient } from '../node-client/node-client.ts'
import { entriesOf, errorOf, textOf } from '../node-client/reply-reading.ts'
import { ToolFailure } from './tool.ts'

export type Entry = ReadonlyMap<string, string>

export interface MasterFacts {
  readonly master: Entry
  readonly replicas: readonly Entry[]
  readonly sentinels: readonly Entry[]
  /** The answer of CKQUORUM: `OK …` or `NOQUORUM …`. */
  readonly quorumCheck: string
}

/** @throws ToolFailure when it is no sentinel, or refuses. */
export async function readMasters(client: NodeClient): Promise<readonly MasterFacts[]> {
  const reply = await client.call('SENTINEL', 'MASTERS')
  const problem = errorOf(reply)
  if (problem !== undefined) throw new ToolFailure(refusal(problem))
  return Promise.all(entriesOf(reply).map((master) => readMaster(client, master)))
}

async function readMaster(client: NodeClient, master: Entry): Promise<MasterFacts> {
  const name = master.get('name') ?? ''
  const [replicas, sentinels, quorum] = await Promise.all([
    client.call('SENTINEL', 'REPLICAS', name), client.call('SENTINEL', 'SENTINELS', name), client.call('SENTINEL', 'CKQUORUM', name),
  ])
  return {
    master,
    replicas: entriesOf(replicas),
    sentinels: entriesOf(sentinels),
    quorumCheck: errorOf(quorum) ?? textOf(quorum) ?? '',
  }
}

export function refusal(problem: string): string {
  if (problem.startsWith('NOAUTH')) return 'it wants a password: use --password-file FILE, and --user for a user of its own'
  return /unknown command/i.test(problem) ? `this is not a sentinel: it said "${problem}"` : `it said "${problem}"`
}

export function addressOf(entry: Entry): string {
  return addressText({ host: entry.get('ip') ?? '', port: entry.get('port') ?? '' })
}

export function flagsOf(entry: Entry): readonly string[] {
  return (entry.get('flags') ?? '').split(',')
}
