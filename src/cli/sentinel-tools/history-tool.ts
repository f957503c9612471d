/** `ts-sentinel history`: the last failovers that a sentinel keeps. */
import type { FailoverJson, HistoryDocument } from '../../documents/index.ts'
import { entriesOf, errorOf, isUnknownCommand } from '../../explain/index.ts'
import { ToolFailure, UsageError } from '../connection/errors.ts'
import type { NodeClient } from '../node-client/node-client.ts'
import { HISTORY_HELP } from './help.ts'
import { failoverJson } from './history-document.ts'
import { historyText } from './history-text.ts'
import { masterFailure } from './sentinel-facts.ts'
import { runTool, type Tool, type ToolOutput } from './tool.ts'

const HISTORY: Tool = {
  name: 'history',
  help: HISTORY_HELP,
  run: async ({ options: { rest, json, utc }, output, reader }) => {
    if (rest.length > 1) throw new UsageError(`at most one MASTER is expected, not ${rest.length}`)
    const failovers = await reader().ask((client) => readHistory(client, rest[0]))
    const document: HistoryDocument = { schemaVersion: 1, failovers }
    output.print(json ? `${JSON.stringify(document, undefined, 2)}\n` : historyText(failovers, { utc }))
    return 0
  },
}

export function historyTool(args: readonly string[], output?: ToolOutput): Promise<number> {
  return runTool(HISTORY, args, output)
}

async function readHistory(client: NodeClient, master: string | undefined): Promise<readonly FailoverJson[]> {
  const reply = await client.call('SENTINEL', 'HISTORY', ...master === undefined ? [] : [master])
  const problem = errorOf(reply)
  if (problem === undefined) return entriesOf(reply).map(failoverJson)
  if (isUnknownCommand(problem)) throw new ToolFailure('this is an original sentinel, which keeps no history of failovers')
  throw await masterFailure(client, master ?? '', problem)
}
