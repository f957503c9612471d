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

/** The state that a sentinel shows at one moment. */
interface Picture {
  readonly masters: readonly MasterFacts[]
  /** Why the sentinel cannot save its configuration file; undefined when it can, or when it is an original one. */
  readonly saveProblem: string | undefined
}

const STATUS: Tool = {
  name: 'status',
  help: STATUS_HELP,
  run: async (client, options, output) => {
    if (options.rest.length > 0) throw new UsageError(`unexpected argument ${JSON.stringify(options.rest[0])}`)
    if (options.watch) return watch(client, options, output)
    const picture = await readPicture(client)
    output.print(rendered(picture, options))
    return picture.masters.every(isWell) && picture.saveProblem === undefined ? 0 : 1
  },
}

export function statusTool(args: readonly string[], output?: ToolOutput): Promise<number> {
  return runTool(STATUS, args, output)
}

async function readPicture(client: NodeClient): Promise<Picture> {
  const masters = await readMasters(client)
  const saving = infoOf(textOf(await client.call('INFO', 'server')) ?? '').get('ts_sentinel_config_save')
  return { masters, saveProblem: saving === 'ok' ? undefined : saving }
}

/** Prints the state again and again until the process is interrupted or the connection fails. */
async function watch(client: NodeClient, options: ToolOptions, output: ToolOutput): Promise<number> {
  for (;;) {
    const text = rendered(await readPicture(client), options)
    if (output.isTerminal && !options.json) output.clearScreen()
    output.print(`${text}${options.json ? '' : '\n'}`)
    await pause(WATCH_PERIOD_MS)
  }
}

function rendered({ masters, saveProblem }: Picture, { json, watch: isLive }: ToolOptions): string {
  if (!json) {
    return statusText(masters) + (saveProblem === undefined ? '' : `\nThe configuration file cannot be saved: ${saveProblem}\n`)
  }
  const document = masters.map(({ master, replicas, sentinels, quorumCheck }) => ({
    ...Object.fromEntries(master),
    ckquorum: quorumCheck,
    ...saveProblem === undefined ? {} : { 'config-save-problem': saveProblem },
    replicas: replicas.map((entry) => Object.fromEntries(entry)),
    sentinels: sentinels.map((entry) => Object.fromEntries(entry)),
  }))
  return `${JSON.stringify(document, undefined, isLive ? undefined : 2)}\n`
}

function isWell({ master, quorumCheck }: MasterFacts): boolean {
  return master.get('flags') === 'master' && !reportsReplica(master)
    && (quorumCheck.startsWith('OK') || quorumCheck === NO_CKQUORUM)
}
