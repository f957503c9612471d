/** `ts-sentinel status`: masters, replicas and sentinels as a sentinel sees them, once or live. */
import { setTimeout as pause } from 'node:timers/promises'

import type { NodeClient } from '../node-client/node-client.ts'
import { STATUS_HELP } from './help.ts'
import { UsageError, type ToolOptions } from './options.ts'
import { infoOf, textOf } from '../node-client/reply-reading.ts'
import { NO_CKQUORUM, readMasters, reportsReplica, type MasterFacts } from './sentinel-facts.ts'
import { statusText } from './status-text.ts'
import { runTool, type Tool, type ToolOutput } from './tool.ts'

const WATCH_PERIOD_MS = 1000

const STATUS: Tool = {
  name: 'status',
  help: STATUS_HELP,
  run: async (client, options, output) => {
    if (options.rest.length > 0) throw new UsageError(`${JSON.stringify(options.rest[0])} is one word too many`)
    if (options.watch) return watch(client, options, output)
    const masters = await readMasters(client)
    const saving = await saveProblem(client)
    output.print(rendered(masters, options))
    if (saving !== undefined && !options.json) output.print(`\nThe configuration file cannot be saved: ${saving}\n`)
    return masters.every(isWell) && saving === undefined ? 0 : 1
  },
}

export function statusTool(args: readonly string[], output?: ToolOutput): Promise<number> {
  return runTool(STATUS, args, output)
}

/** Why this sentinel cannot save its votes; undefined when it can, or is an original one, which does not tell. */
async function saveProblem(client: NodeClient): Promise<string | undefined> {
  const saving = infoOf(textOf(await client.call('INFO', 'server')) ?? '').get('ts_sentinel_config_save')
  return saving === 'ok' ? undefined : saving
}

/** Until the process is interrupted, or the sentinel is gone. */
async function watch(client: NodeClient, options: ToolOptions, output: ToolOutput): Promise<number> {
  for (;;) {
    const text = rendered(await readMasters(client), options)
    if (output.isTerminal && !options.json) output.clearScreen()
    output.print(`${text}${options.json ? '' : '\n'}`)
    await pause(WATCH_PERIOD_MS)
  }
}

function rendered(masters: readonly MasterFacts[], { json, watch: isLive }: ToolOptions): string {
  if (!json) return statusText(masters)
  const document = masters.map(({ master, replicas, sentinels, quorumCheck }) => ({
    ...Object.fromEntries(master),
    ckquorum: quorumCheck,
    replicas: replicas.map((entry) => Object.fromEntries(entry)),
    sentinels: sentinels.map((entry) => Object.fromEntries(entry)),
  }))
  return `${JSON.stringify(document, undefined, isLive ? undefined : 2)}\n`
}

function isWell({ master, quorumCheck }: MasterFacts): boolean {
  return master.get('flags') === 'master' && !reportsReplica(master)
    && (quorumCheck.startsWith('OK') || quorumCheck === NO_CKQUORUM)
}
