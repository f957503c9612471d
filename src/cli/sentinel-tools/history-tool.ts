/** `ts-sentinel history`: the last failovers that a sentinel keeps. */
import { abortWord, durationText } from '../../explain/index.ts'
import { entriesOf, errorOf } from '../node-client/reply-reading.ts'
import { HISTORY_HELP } from './help.ts'
import { UsageError } from './options.ts'
import { refusal, type Entry } from './sentinel-facts.ts'
import { tableText } from '../table-text.ts'
import { runTool, ToolFailure, type Tool, type ToolOutput } from './tool.ts'

const HISTORY: Tool = {
  name: 'history',
  help: HISTORY_HELP,
  run: async (client, { rest, json }, output) => {
    if (rest.length > 1) throw new UsageError(`at most one MASTER is expected, not ${rest.length}`)
    const reply = await client.call('SENTINEL', 'HISTORY', ...rest)
    const problem = errorOf(reply)
    if (problem !== undefined) {
      throw new ToolFailure(/unknown subcommand/i.test(problem)
        ? 'this is an original sentinel, which keeps no history of failovers'
        : refusal(problem))
    }
    const entries = entriesOf(reply)
    output.print(json ? `${JSON.stringify(entries.map((entry) => Object.fromEntries(entry)), undefined, 2)}\n` : historyText(entries))
    return 0
  },
}

export function historyTool(args: readonly string[], output?: ToolOutput): Promise<number> {
  return runTool(HISTORY, args, output)
}

export function historyText(entries: readonly Entry[]): string {
  if (entries.length === 0) return 'No failover since this sentinel started.\n'
  const isEarlier = (entry: Entry): boolean => entry.get('before-restart') === 'yes'
  const marks = entries.some(isEarlier)
  const columns = ['STARTED', 'MASTER', 'OUTCOME', 'LED BY', 'EPOCH', 'TOOK', 'FROM', 'TO', ...marks ? ['PROCESS'] : []]
  return tableText(columns, entries.map((entry) => {
    const get = (name: string): string => entry.get(name) ?? ''
    const took = get('duration-ms')
    return [
      get('started').replace('T', ' ').replace(/\.\d+Z$/, 'Z'), get('master'),
      [get('outcome'), abortWord(get('reason'))].filter(Boolean).join(': '),
      get('role') === 'leader' ? 'this sentinel' : 'another', get('epoch'), took === '' ? '' : durationText(Number(took)),
      get('from'), get('to'), ...marks ? [isEarlier(entry) ? 'earlier' : 'present'] : [],
    ]
  }))
}
