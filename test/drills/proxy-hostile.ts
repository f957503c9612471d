/** Hostile clients of a proxy in route mode, and what they cost, as a table. */
import { loadavg } from 'node:os'

import { startDeployment, Workspace } from '../../src/harness/index.ts'
import { readOptions, wholeNumber } from '../bench/figures.ts'
import { formatTable } from '../bench/table.ts'
import { pause } from '../chaos/pacing.ts'
import { ProxyProcess } from '../integration/proxy-process.ts'
import { ATTACKS, BIG_BYTES, GoodClient, idleClients, MemoryWatch, type Attack, type Target } from './hostile-clients.ts'

const USAGE = `Garbage, requests that are too large or never end, clients that do not read, clients that have not logged in, and
thousands of idle clients at a proxy in route mode, while another client works as usual. Prints the memory of the proxy
and the slowest request of that client. Ends with status 1 when it saw an error. Needs the build (npm run build).

Options:
  --idle <n>      idle clients (default 5000)
  --clients <n>   clients of an attack that takes many (default 500)`

const options = readOptions(USAGE, { idle: '5000', clients: '500' })
const idle = wholeNumber('idle', options.idle)

/** How long the memory may take to go back. */
const CALM_MS = 2_000

const PASSWORD = 'client-secret'

const idling: Attack = {
  name: `${idle} idle clients`,
  run: async (target) => {
    const sockets = await idleClients(target, idle)
    // In their presence the good client works on.
    await pause(CALM_MS)
    for (const socket of sockets) socket.destroy()
  },
}

const workspace = new Workspace('proxy-hostile')
const deployment = await startDeployment({ sentinels: 1, replicas: 1 })
const rows: string[][] = []
let hasErrors = false
try {
  const proxy = await ProxyProcess.start(workspace, deployment, ['mode route', `client-auth ${PASSWORD}`])
  await proxy.logged('serves reads')
  await deployment.node(0).call(['SET', 'big', 'x'.repeat(BIG_BYTES)])
  const target: Target = { proxy, password: PASSWORD, clients: wholeNumber('clients', options.clients) }
  for (const attack of [...ATTACKS, idling]) rows.push(await row(attack, target))
  await proxy.stop()
} finally {
  await deployment.stop()
  await workspace.remove()
}
console.log(`Load ${loadavg().map((one) => one.toFixed(1)).join(' ')}. Memory of the proxy process in MiB.\n`)
console.log(formatTable([['attack', 'before', 'most', 'after', 'seconds', 'requests of the good client', 'slowest, ms', 'errors'], ...rows]))
if (hasErrors) process.exitCode = 1

async function row(attack: Attack, target: Target): Promise<string[]> {
  const good = new GoodClient(target)
  const memory = new MemoryWatch(target)
  const from = performance.now()
  await attack.run(target)
  const seconds = (performance.now() - from) / 1_000
  await pause(CALM_MS)
  await good.stop()
  memory.stop()
  hasErrors ||= good.errors.length > 0
  for (const error of good.errors) console.log(`${attack.name}: ${error}`)
  return [
    attack.name, memory.beforeMib.toFixed(0), memory.mostMib.toFixed(0), memory.nowMib.toFixed(0), seconds.toFixed(1),
    String(good.calls), good.slowestMs.toFixed(0), String(good.errors.length),
  ]
}
