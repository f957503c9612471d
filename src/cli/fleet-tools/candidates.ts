/** The replicas that could become the master, with what they lack of the master's data. */
import { addressText, durationText, entriesOf, errorOf, infoOf, isUnknownCommand, textOf } from '../../explain/index.ts'
import type { NodeClient } from '../node-client/node-client.ts'
import type { Reply } from '../../core/index.ts'
import { readExplanation, valuesOf } from '../sentinel-tools/explanation-reading.ts'
import { addressOf } from '../sentinel-tools/sentinel-facts.ts'
import { tableText } from '../table-text.ts'

export interface Candidate {
  readonly address: string
  /** May be promoted, by the rules of the sentinel that was asked. */
  readonly fit: boolean
  /** The verdict of the sentinel in its words. */
  readonly verdict: string
  readonly priority: string
  /** Bytes of the replication stream that it lacks, as far as is known; undefined when the master does not list it. */
  readonly lagBytes: number | undefined
}

export interface Candidates {
  readonly list: readonly Candidate[]
  /** Age of the master's INFO that the lags were read from, in milliseconds; undefined without one. */
  readonly infoAgeMs: number | undefined
}

/** @throws ToolFailure when the sentinel refuses a command */
export async function readCandidates(client: NodeClient, master: string): Promise<Candidates> {
  const [{ fields }, replicas, info] = await Promise.all([
    readExplanation(client, master), readReplicas(client, master), masterInfo(client, master),
  ])
  const verdicts = valuesOf(fields, 'replica-')
  const confirmed = offsetsIn(info?.text ?? '')
  const list = replicas.map((replica) => {
    const address = addressOf(replica)
    const verdict = verdicts.find((text) => text.startsWith(`${address} `))?.slice(address.length + 1) ?? 'unknown to the sentinel'
    return {
      address, verdict, fit: /^(?:would be promoted|number \d)/.test(verdict), priority: replica.get('slave-priority') ?? '?',
      lagBytes: lagOf(confirmed, address, Number(replica.get('slave-repl-offset'))),
    }
  })
  return { list: list.sort((a, b) => rankOf(a) - rankOf(b)), infoAgeMs: info?.ageMs }
}

export function candidateTable({ list, infoAgeMs }: Candidates): string {
  const table = tableText(['REPLICA', 'BEHIND', 'PRIORITY', 'VERDICT'], list.map(({ address, lagBytes, priority, verdict }) => (
    [address, lagBytes === undefined ? 'unknown' : `${lagBytes} bytes`, priority, verdict]
  )))
  return list.length === 0 ? 'No replica is known.\n' : `${table}${infoAgeMs === undefined ? '' : `BEHIND: what it lacks of the offset in the master's INFO of ${durationText(infoAgeMs)} ago.\n`}`
}

/** The best one first, excluded ones last. */
function rankOf({ verdict }: Candidate): number {
  if (verdict.startsWith('would be promoted')) return 0
  return Number(/^number (\d+)/.exec(verdict)?.[1] ?? Infinity)
}

async function readReplicas(client: NodeClient, master: string) {
  const reply = await client.call('SENTINEL', 'REPLICAS', master)
  const problem = errorOf(reply)
  return entriesOf(problem !== undefined && isUnknownCommand(problem) ? await client.call('SENTINEL', 'SLAVES', master) : reply)
}

interface CachedInfo {
  readonly text: string
  readonly ageMs: number
}

/** The master's entry of SENTINEL INFO-CACHE: `name, [[age, info], …]`, the master first. */
async function masterInfo(client: NodeClient, master: string): Promise<CachedInfo | undefined> {
  const entries = itemsOf(await client.call('SENTINEL', 'INFO-CACHE', master))[1]
  const [age, info] = itemsOf(itemsOf(entries)[0])
  const text = textOf(info)
  return text === undefined || age?.kind !== 'integer' ? undefined : { text, ageMs: Number(age.value) }
}

function itemsOf(reply: Reply | undefined): readonly Reply[] {
  return reply?.kind === 'array' ? reply.items : []
}

/** Offsets of the replication stream in the INFO of a master. */
export interface Offsets {
  readonly master: number
  /** By address: what each replica has acknowledged, which it does once a second. */
  readonly replicas: ReadonlyMap<string, number>
}

/** The replicas are lines such as `slave0:ip=…,port=…,state=online,offset=…,lag=…`. */
export function offsetsIn(info: string): Offsets {
  const facts = infoOf(info)
  const replicas = new Map<string, number>()
  for (const [name, text] of facts) {
    if (!/^slave\d+$/.test(name)) continue
    const fields = new Map(text.split(',').map((field) => field.split('=') as [string, string]))
    const address = addressText({ host: fields.get('ip') ?? '', port: fields.get('port') ?? '' })
    replicas.set(address, Number(fields.get('offset') ?? 'NaN'))
  }
  return { master: Number(facts.get('master_repl_offset') ?? 'NaN'), replicas }
}

/** `own` is the offset in the replica's own INFO, which may be newer than what it has acknowledged. */
export function lagOf({ master, replicas }: Offsets, address: string, own: number): number | undefined {
  const confirmed = replicas.get(address)
  if (confirmed === undefined) return undefined
  const lag = master - Math.max(...[confirmed, own].filter((offset) => !Number.isNaN(offset)))
  return Number.isFinite(lag) ? Math.max(0, lag) : undefined
}
