/** Plain clients through the proxy while the master is killed or replaced, as a table. */
import { join } from 'node:path'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'

import { startDeployment, Workspace } from '../../src/harness/index.ts'
import { formatTable, median } from '../bench/table.ts'
import { ProxyProcess } from '../integration/proxy-process.ts'
import { BULLMQ, IOREDIS, NODE_REDIS } from './plain-clients/library-clients.ts'
import { programClients } from './plain-clients/program-clients.ts'
import { KILL, runChange, SWITCHOVER, type ChangeResult, type ClientResult } from './proxied-fault.ts'

const USAGE = `Lets clients that know nothing of Sentinel write through the proxy, kills the master or replaces it in
a coordinated switchover, and prints how long each client could not write and what became of its writes. Ends with
status 1 when a client got READONLY after the switch, or a write that was acknowledged after the change is lost.
Outages are compared with 150 ms and the client's own wait, which a busy machine exceeds. Needs the build (npm run build),
redis-server, redis-cli, redis-benchmark, python3-redis, ruby-redis, php-predis, libhiredis-dev and a C compiler.

Options:
  --times <n>     changes of each kind (default 3)
  --mode <mode>   pipe or route (default pipe)
  --only <names>  comma-separated names of clients; default: all
  --help`

/** The limit past down-after, beside the wait of the client itself, in milliseconds. */
const LIMIT_MS = 150

function isUnharmed({ readonlyAfter, lostAfter }: ClientResult): boolean {
  return readonlyAfter === 0 && lostAfter === 0
}

const HEADER = [
  'client', 'outage, ms', 'most', 'after the proxy, ms', 'most', 'own wait', 'limit',
  'acknowledged', 'lost before', 'lost after', 'READONLY', 'READONLY after', 'errors',
]

const { values: options } = parseArgs({
  options: {
    times: { type: 'string', default: '3' }, mode: { type: 'string', default: 'pipe' }, only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

process.exitCode = options.help ? help() : await drill()

function help(): number {
  console.log(USAGE)
  return 0
}

async function drill(): Promise<number> {
  const sources = join(process.env['TS_SENTINEL_RUNNER'] ?? '', '../drills/plain-clients')
  const all = [...programClients(sources), IOREDIS, NODE_REDIS, BULLMQ]
  const clients = all.filter(({ name }) => options.only === undefined || options.only.split(',').includes(name))
  if (clients.length === 0) {
    console.error(`--only: the names are ${all.map(({ name }) => name).join(', ')}`)
    return 2
  }
  if (options.mode !== 'pipe' && options.mode !== 'route') {
    console.error('--mode: pipe or route')
    return 2
  }
  const workspace = new Workspace('proxy-clients-drill')
  const deployment = await startDeployment()
  let isGood = true
  try {
    const proxy = await ProxyProcess.start(workspace, deployment, [`mode ${options.mode}`])
    for (const change of [KILL, SWITCHOVER]) {
      const rounds: ChangeResult[] = []
      for (let round = 1; round <= Number(options.times); round += 1) {
        const result = await runChange(deployment, proxy, clients, change, round)
        rounds.push(result)
        await result.repair()
      }
      print(`${change.name}, ${options.mode} mode`, rounds)
      isGood &&= rounds.every((round) => round.clients.every(isUnharmed))
    }
    await proxy.stop()
  } finally {
    await deployment.stop()
    await workspace.remove()
  }
  console.log(isGood ? '\nAll write again by themselves. After the switch: no READONLY, no write lost.' : '\nFAILED: see "lost after" and "READONLY after".')
  return isGood ? 0 : 1
}

function print(title: string, rounds: readonly ChangeResult[]): void {
  const expectedMs = rounds[0]?.expectedMs ?? 0
  const list = (of: (round: ChangeResult) => number): string => {
    return rounds.map((round) => (of(round) - expectedMs).toFixed(0)).join(', ')
  }
  const from = expectedMs > 0 ? `past down-after (${expectedMs} ms)` : 'after the order'
  console.log(`\n${title}, ${rounds.length} times; load ${loadavg().map((one) => one.toFixed(1)).join(' ')}. Outages are ${from}.`)
  console.log(`A majority of the sentinels has switched after ${list(({ sentinelsMs }) => sentinelsMs)} ms, the proxy after ${list(({ proxyMs }) => proxyMs)} ms.\n`)
  const names = rounds[0]?.clients.map(({ client }) => client.name) ?? []
  const of = (name: string): ClientResult[] => {
    return rounds.flatMap((round) => round.clients.filter(({ client }) => client.name === name))
  }
  console.log(formatTable([HEADER, ...names.map((name) => row(name, of(name), expectedMs))]))
  for (const name of names) {
    const errors = new Set(of(name).flatMap((one) => one.errors))
    if (errors.size > 0) console.log(`${name}: ${[...errors].join(' | ')}`)
  }
}

function row(name: string, results: readonly ClientResult[], expectedMs: number): readonly string[] {
  const sum = (of: (one: ClientResult) => number): string => {
    return String(results.reduce((total, one) => total + of(one), 0))
  }
  const past = results.map(({ outageMs }) => Math.max(0, outageMs - expectedMs))
  const after = results.map(({ afterProxyMs }) => afterProxyMs)
  const waitMs = results[0]?.client.waitMs ?? 0
  return [
    name, median(past).toFixed(0), Math.max(...past).toFixed(0),
    median(after).toFixed(0), Math.max(...after).toFixed(0),
    String(waitMs), Math.max(...past) <= LIMIT_MS + waitMs ? 'kept' : 'over',
    sum((one) => one.acknowledged), sum((one) => one.lostBefore), sum((one) => one.lostAfter),
    sum(({ errors }) => errors.filter((error) => error.includes('READONLY')).length),
    sum((one) => one.readonlyAfter),
    sum(({ errors }) => errors.length),
  ]
}
