/** `ts-sentinel explain`: whether a failover would happen now, and why or why not. */
import { explanationFields } from '../../explain/index.ts'
import type { NodeClient } from '../node-client/node-client.ts'
import { errorOf, fieldsOf, infoOf, textOf } from '../node-client/reply-reading.ts'
import { genuineExplanation } from './genuine-explanation.ts'
import { EXPLAIN_HELP } from './help.ts'
import { UsageError } from './options.ts'
import { isUnknownCommand, readMasters, refusal, type Entry } from './sentinel-facts.ts'
import { runTool, ToolFailure, type Tool, type ToolOutput } from './tool.ts'

const EXPLAIN: Tool = {
  name: 'explain',
  help: EXPLAIN_HELP,
  run: async (client, { rest, json }, output) => {
    const [master] = rest
    if (master === undefined || rest.length > 1) throw new UsageError(`MASTER, the name of one master, is ${master === undefined ? 'missing' : `expected, not ${JSON.stringify(rest.join(' '))}`}`)
    const { fields, isGenuine } = await readExplanation(client, master)
    output.print(json ? `${JSON.stringify(Object.fromEntries(fields), undefined, 2)}\n` : page(fields, { isGenuine }))
    return wouldFailOver(fields) ? 0 : 1
  },
}

export function explainTool(args: readonly string[], output?: ToolOutput): Promise<number> {
  return runTool(EXPLAIN, args, output)
}

interface ReadExplanation {
  readonly fields: Entry
  readonly isGenuine: boolean
}

async function readExplanation(client: NodeClient, master: string): Promise<ReadExplanation> {
  const reply = await client.call('SENTINEL', 'EXPLAIN', master)
  const problem = errorOf(reply)
  const fields = fieldsOf(reply)
  if (fields !== undefined) return { fields, isGenuine: false }
  if (problem === undefined) throw new ToolFailure('the answer to SENTINEL EXPLAIN is not a list of names and values')
  if (!isUnknownCommand(problem)) throw new ToolFailure(refusal(problem))
  return { fields: await genuineFields(client, master), isGenuine: true }
}

async function genuineFields(client: NodeClient, name: string): Promise<Entry> {
  const masters = await readMasters(client)
  const facts = masters.find(({ master }) => master.get('name') === name)
  if (facts === undefined) throw new ToolFailure(refusal('ERR No such master with that name'))
  const info = infoOf(textOf(await client.call('INFO', 'sentinel')) ?? '')
  const seconds = Number(info.get('sentinel_tilt_since_seconds') ?? '0')
  const tiltMs = info.get('sentinel_tilt') === '1' ? Math.max(0, seconds) * 1000 : undefined
  const unknown = new Set(['next-attempt', 'next-attempt-ms', 'last-failover', 'current-epoch'])
  const fields = explanationFields(genuineExplanation(facts, { tiltMs }), [], 0)
  // A missing number is NaN up to here, where it becomes the word `unknown`. Names are not changed.
  return new Map(fields.filter(([field]) => !unknown.has(field)).map(([field, value]) => (
    [field, field === 'name' ? value : value.replace(/\bNaN\b/g, 'unknown')]
  )))
}

export function wouldFailOver(fields: Entry): boolean {
  return fields.get('failover') !== 'no' || fields.get('if-master-died')?.startsWith('yes') === true
}

/** The fields as a page of text. */
export function page(fields: Entry, { isGenuine }: { isGenuine: boolean }): string {
  const get = (name: string): string => fields.get(name) ?? ''
  const lines = [
    `${get('name')} at ${get('address')}: ${get('master')}`,
    '',
    get('answer'),
    ...bullets(fields, 'reason-', 1),
    ...fields.has('if-master-died') ? ['', `If the master died now: ${get('if-master-died')}.`] : [],
    ...bullets(fields, 'if-master-died-reason-', 0),
    '',
    `Votes     ${get('sentinels-that-see-it-down')} of ${get('known-sentinels')} sentinels see the master down, quorum`
    + ` ${get('quorum')}; a leader needs ${counted(get('votes-needed'), 'vote')}, ${get('reachable-sentinels')} can vote`,
    ...fields.has('next-attempt') ? [`Attempts  the next one may start ${get('next-attempt')}`] : [],
    ...fields.has('last-failover') ? [`Last      ${get('last-failover')}`] : [],
    ...fields.has('problem-1') ? ['', 'Problems', ...bullets(fields, 'problem-', 0)] : [],
    ...section('Replicas', fields, 'replica-'),
    ...section('Other sentinels', fields, 'sentinel-'),
    ...isGenuine ? ['', 'This is an original sentinel. Its replies do not show past attempts and votes, after which it waits for 2 x failover-timeout,',
      'nor the errors of nodes.'] : [],
  ]
  return `${lines.join('\n')}\n`
}

/** `number` may be the word `unknown`. */
function counted(number: string, noun: string): string {
  return `${number} ${noun}${number === '1' ? '' : 's'}`
}

function valuesOf(fields: Entry, prefix: string): string[] {
  return [...fields].filter(([name]) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))).map(([, value]) => value)
}

/** The values from index `from` on as a list, without their codes. The answer already has the first reason. */
function bullets(fields: Entry, prefix: string, from: number): string[] {
  return valuesOf(fields, prefix).slice(from).map((text) => `  - ${text.replace(/^[a-z-]+: /, '')}`)
}

function section(title: string, fields: Entry, prefix: string): string[] {
  const values = valuesOf(fields, prefix)
  return ['', `${title}${values.length === 0 ? ': none' : ''}`, ...values.map((text) => `  ${text}`)]
}
