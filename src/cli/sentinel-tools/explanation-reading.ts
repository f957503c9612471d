/** Reads SENTINEL EXPLAIN of one sentinel. */
import { errorOf, fieldsOf, infoOf, isUnknownCommand, textOf } from '../../explain/index.ts'
import { ToolFailure } from '../connection/errors.ts'
import type { NodeClient } from '../node-client/node-client.ts'
import { genuineFields } from './genuine-fields.ts'
import { masterFailure, oneMaster, type Entry } from './sentinel-facts.ts'

export interface ReadExplanation {
  readonly fields: Entry
  readonly isGenuine: boolean
}

/** The fields of SENTINEL EXPLAIN, for an original sentinel derived from its other replies. @throws ToolFailure */
export async function readExplanation(client: NodeClient, master: string): Promise<ReadExplanation> {
  const reply = await client.call('SENTINEL', 'EXPLAIN', master)
  const problem = errorOf(reply)
  const fields = fieldsOf(reply)
  if (fields !== undefined) return { fields, isGenuine: false }
  if (problem === undefined) throw new ToolFailure('the answer to SENTINEL EXPLAIN is not a list of names and values')
  if (!isUnknownCommand(problem)) throw await masterFailure(client, master, problem)
  const [facts, info] = await Promise.all([oneMaster(client, master), client.call('INFO', 'sentinel')])
  return { fields: genuineFields(facts, infoOf(textOf(info) ?? '')), isGenuine: true }
}

/** The values of numbered fields, such as `replica-1`. */
export function valuesOf(fields: Entry, prefix: string): string[] {
  return [...fields].filter(([name]) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))).map(([, value]) => value)
}
