/** The replies of one sentinel, ours or an original one, about its masters. */
import { errorOf, fieldsOf, infoOf, isUnknownCommand, textOf } from '../../explain/index.ts'
import type { NodeClient } from '../node-client/node-client.ts'
import { genuineFields } from './genuine-fields.ts'
import { oneMaster, readMasters, type Entry, type MasterFacts } from './sentinel-facts.ts'

export interface MasterReading extends MasterFacts {
  /** The fields of SENTINEL EXPLAIN, for an original sentinel derived from its replies. Empty where it is refused. */
  readonly explained: Entry
}

export interface SentinelReading {
  /** Undefined for a release without SENTINEL MYID. */
  readonly id: string | undefined
  readonly info: Entry
  /** `older`: ours, of a release without SENTINEL EXPLAIN. */
  readonly kind: 'ours' | 'older' | 'original'
  readonly masters: readonly MasterReading[]
}

/** About all masters, or about one. @throws ToolFailure, NodeUnreachable */
export async function readSentinel(client: NodeClient, master: string | undefined): Promise<SentinelReading> {
  const [info, id, facts] = await Promise.all([
    client.call('INFO'), client.call('SENTINEL', 'MYID'), readFacts(client, master),
  ])
  const known = infoOf(textOf(info) ?? '')
  const isOurs = known.has('ts_sentinel_version') || known.has('ts_sentinel_config_save')
  const explained = await explainAll(client, facts.map(({ master }) => master.get('name') ?? ''))
  return {
    id: textOf(id),
    info: known,
    kind: explained !== undefined ? 'ours' : isOurs ? 'older' : 'original',
    masters: facts.map((one, at) => ({ ...one, explained: explained?.[at] ?? genuineFields(one, known) })),
  }
}

/** Undefined where the sentinel has no such command; then it is asked once. */
async function explainAll(
  client: NodeClient, [first, ...others]: readonly string[],
): Promise<readonly Entry[] | undefined> {
  if (first === undefined) return []
  const fields = await explain(client, first)
  return fields === 'unknown' ? undefined : [fields, ...await Promise.all(others.map((name) => explainKnown(client, name)))]
}

async function explainKnown(client: NodeClient, name: string): Promise<Entry> {
  const fields = await explain(client, name)
  return fields === 'unknown' ? new Map() : fields
}

async function readFacts(client: NodeClient, master: string | undefined): Promise<readonly MasterFacts[]> {
  return master === undefined ? readMasters(client) : [await oneMaster(client, master)]
}

/** Nothing where the user may not ask; `unknown` where the sentinel has no such command. */
async function explain(client: NodeClient, name: string): Promise<Entry | 'unknown'> {
  const reply = await client.call('SENTINEL', 'EXPLAIN', name)
  const problem = errorOf(reply)
  if (problem !== undefined && isUnknownCommand(problem)) return 'unknown'
  return fieldsOf(reply) ?? new Map()
}
