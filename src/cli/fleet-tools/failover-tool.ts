/** `ts-sentinel failover`: a plain failover of a master that may be up, and its verification on all sentinels. */
import { addressText, errorOf, textOf } from '../../explain/index.ts'
import { UsageError } from '../connection/errors.ts'
import { addressOf, flagsOf } from '../sentinel-tools/sentinel-facts.ts'
import { candidateTable, readCandidates } from './candidates.ts'
import { NothingChanged, type FleetTool, type ToolContext, type ToolResult } from './fleet-tool.ts'
import type { Fleet } from './fleet.ts'
import { FAILOVER_HELP } from './help.ts'
import { orderSwitch, runningFailover } from './switch-watch.ts'

/** Beyond failover-timeout, for the election, in milliseconds. */
export const MARGIN_MS = 10_000

export interface FailoverRequest {
  readonly force: boolean
}

export const FAILOVER: FleetTool<FailoverRequest> = {
  name: 'failover',
  help: FAILOVER_HELP,
  request: ({ rest, own }) => {
    if (rest.length > 0) throw new UsageError(`unexpected argument ${JSON.stringify(rest[0])}`)
    return { force: own.force === true }
  },
  run: failover,
}

async function failover({ force }: FailoverRequest, context: ToolContext): Promise<ToolResult> {
  const { fleet, progress, confirm } = context
  const { first, name } = fleet
  const from = addressOf(first.master)
  const running = runningFailover(first)
  if (running !== undefined) throw new NothingChanged(`a failover of ${name} runs already (${running}). Nothing was changed.`)
  const candidates = await readCandidates(first.client, name)
  const quorum = await quorumProblem(fleet)
  progress(`${name} at ${from}: ${flagsOf(first.master).includes('s_down') ? 'down' : 'up'}\n${candidateTable(candidates)}`)
  if (!candidates.list.some(({ fit }) => fit)) throw new NothingChanged(`no replica of ${name} can be promoted. Nothing was changed.`)
  if (quorum !== undefined) {
    progress(`${quorum}\n`)
    if (!force) throw new NothingChanged('too few sentinels can agree on a failover; give --force to order it all the same. Nothing was changed.')
  }
  if (!flagsOf(first.master).includes('s_down')) {
    progress('Writes that the old master accepts after the promotion are lost; ts-sentinel switchover loses none.\n')
  }
  await confirm(`Fail over ${name}, now at ${from}?`)
  return orderSwitch({
    tool: 'failover',
    leader: first,
    pausesWrites: false,
    limitMs: Number(first.master.get('failover-timeout') ?? '180000') + MARGIN_MS,
    send: async () => {
      const problem = errorOf(await first.client.call('SENTINEL', 'FAILOVER', name))
      if (problem !== undefined) throw new NothingChanged(`${addressText(first.address)} refused the failover: "${problem}"`)
    },
  }, context)
}

/** The words of CKQUORUM where too few sentinels are reachable. */
export async function quorumProblem({ first, name }: Fleet): Promise<string | undefined> {
  const reply = await first.client.call('SENTINEL', 'CKQUORUM', name)
  const problem = errorOf(reply) ?? textOf(reply) ?? ''
  return problem.startsWith('NOQUORUM') ? problem : undefined
}
