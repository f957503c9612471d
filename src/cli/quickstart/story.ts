import {
  clock, eventually, formatAddress, killMaster, notYet, plainWriter, sameAddress, startDeployment,
  type Acknowledged, type Address, type Deployment, type Fault, type ProxyProcess, type RedisProcess,
  type TimelineEntry, type Writer,
} from '../../harness/index.ts'
import { count } from '../../text/index.ts'
import { withDashboard } from './dashboards.ts'
import { PROXY_PID_FILE } from './look-around.ts'
import { tell } from './narration.ts'
import type { QuickstartOptions } from './options.ts'
import type { Terminal } from './terminal.ts'

const DOWN_AFTER_MS = 1_000

/**
 * Time limit of the longest step, in milliseconds: the original demotes a returned master after about 10 s.
 */
const REJOIN_MS = 60_000

/** A started quickstart. */
export interface Story {
  readonly deployment: Deployment
  /** Addresses of the dashboards; empty with genuine sentinels. */
  readonly dashboards: readonly string[]
}

const SENTINELS = 3

/** Starts the deployment of the quickstart from real configuration files. */
export async function startStory(options: QuickstartOptions): Promise<Story> {
  const ours = options.sentinel === 'ours' ? await Promise.all(Array.from({ length: SENTINELS }, withDashboard)) : []
  try {
    const deployment = await startDeployment({
      replicas: 2,
      sentinels: ours.length > 0 ? ours.map(({ program }) => program) : Array<'genuine'>(SENTINELS).fill('genuine'),
      downAfterMs: DOWN_AFTER_MS,
      ...(options.proxy && { proxy: { config: [`pidfile ${PROXY_PID_FILE}`] } }),
      folderPrefix: 'ts-sentinel-quickstart',
    })
    return { deployment, dashboards: ours.map(({ url }) => url) }
  } finally {
    // The sentinels listen by now, so nothing else can take the ports.
    for (const { release } of ours) release()
  }
}

/**
 * Kills the master of a running deployment and prints the events until all nodes are healthy again. Once `interrupted`
 * is aborted, it prints nothing more and starts nothing.
 */
export async function tellStory(deployment: Deployment, terminal: Terminal, interrupted: AbortSignal): Promise<void> {
  describe(deployment, terminal)
  const { proxy } = deployment
  const writer = await deployment.startWriter(proxy && plainWriter(deployment.connection('proxy')))
  terminal.line(proxy === undefined
    ? `A client writes through the sentinels; ${terminal.good('its first write arrived')}.`
    : `A client that knows nothing of Sentinel writes to ${formatAddress(proxy.address)}, the proxy; ${terminal.good('its first write arrived')}.`)
  terminal.line()

  const master = await deployment.currentMaster()
  terminal.line(terminal.bold(`Killing the master: kill -9 ${master.process.pid} (${master.name})`))
  terminal.line()
  const live = follow(deployment, terminal, master, await sentinelNames(deployment))
  const fault = await killMaster(deployment)
  live.begin(fault.at)
  interrupted.addEventListener('abort', () => { live.end() }, { once: true })
  try {
    const firstWrite = await writeOnNewMaster(writer, fault, proxy)
    live.say('client', firstWrite.words, firstWrite.at)
    await deployment.waitUntilSettled({ awayFrom: master.address })
    interrupted.throwIfAborted()
    live.say(master.name, 'starts again, as a master')
    await master.start()
    await waitForRejoin(master)
    live.say(master.name, 'is back as a replica of the new master')
    const settled = await deployment.waitUntilSettled({ awayFrom: master.address })
    interrupted.throwIfAborted()
    live.end()
    await summarize(deployment, terminal, fault, firstWrite.at, writer, settled.master)
  } finally {
    live.end()
  }
}

function describe(deployment: Deployment, terminal: Terminal): void {
  terminal.line(`Files, logs and data are in ${terminal.accent(deployment.folder)}`)
  terminal.line()
  deployment.nodes.forEach((node, at) => {
    terminal.line(`  ${node.name.padEnd(11)} ${formatAddress(node.address).padEnd(16)} ${at === 0 ? 'master' : 'replica'}`)
  })
  for (const sentinel of deployment.sentinels) {
    const program = sentinel.kind === 'ours' ? 'ts-sentinel' : 'redis-sentinel'
    terminal.line(`  ${sentinel.name.padEnd(11)} ${formatAddress(sentinel.address).padEnd(16)} ${program}`)
  }
  const { proxy } = deployment
  if (proxy !== undefined) {
    terminal.line(`  ${proxy.name.padEnd(11)} ${formatAddress(proxy.address).padEnd(16)} ts-sentinel proxy`)
  }
  terminal.line()
  terminal.line('The sentinels know each other and all replicas.')
}

async function sentinelNames(deployment: Deployment): Promise<ReadonlyMap<string, string>> {
  const ids = await Promise.all(deployment.sentinels.map((sentinel) => sentinel.myId()))
  return new Map(ids.map((id, at) => [id, deployment.sentinel(at).name]))
}

interface Live {
  begin(at: number): void
  say(who: string, words: string, at?: number): void
  end(): void
}

/** Prints events when they happen, with the milliseconds since the kill. */
function follow(
  deployment: Deployment,
  terminal: Terminal,
  master: RedisProcess,
  sentinelById: ReadonlyMap<string, string>,
): Live {
  let origin = clock()
  const nameOf = (address: Address): string =>
    deployment.nodes.find((node) => sameAddress(node.address, address))?.name ?? formatAddress(address)
  const print = (at: number, who: string, words: string, event: string): void => {
    const time = `${Math.max(at - origin, 0).toFixed(0).padStart(7)} ms`
    terminal.line(`${terminal.dim(time)}  ${who.padEnd(11)} ${words}${event === '' ? '' : `  ${terminal.dim(event)}`}`)
  }
  const stop = deployment.timeline.listen((entry: TimelineEntry) => {
    if (entry.kind === 'mark') {
      if (entry.source === master.name && entry.event === 'killed') print(entry.at, 'you', `kill ${master.name}`, '')
      return
    }
    const told = tell(entry, { downAfterMs: DOWN_AFTER_MS, nodeAt: nameOf, sentinelById })
    if (told === undefined) return
    print(entry.at, entry.source, told.step ? terminal.bold(told.words) : told.words, entry.event)
  })
  return {
    begin: (at) => { origin = at },
    say: (who, words, at = clock()) => { print(at, who, terminal.good(words), '') },
    end: stop,
  }
}

interface FirstWrite {
  readonly at: number
  readonly words: string
}

async function writeOnNewMaster(writer: Writer, fault: Fault, proxy: ProxyProcess | undefined): Promise<FirstWrite> {
  // Through a proxy the server is not known. An answer of the old master that is read late comes long before this.
  const isNew = ({ at, server }: Acknowledged): boolean => proxy === undefined
    ? at > fault.at && server !== undefined && server.port !== fault.node.address.port
    : at > fault.at + DOWN_AFTER_MS / 2
  const { at, server } = await eventually('a write on the new master', () => {
    const write = writer.acknowledged.find(isNew)
    if (write === undefined) throw notYet(JSON.stringify(writer.report()))
    return write
  }, { everyMs: 2, timeoutMs: 60_000 })
  const words = server === undefined
    ? `first write through the proxy, which leads to ${await proxy?.master()} now`
    : `first write on the new master, ${formatAddress(server)}`
  return { at, words }
}

async function waitForRejoin(node: RedisProcess): Promise<void> {
  await eventually(`${node.name} to follow the new master`, async () => {
    const { role, linkUp } = await node.replication()
    if (role !== 'slave' || !linkUp) throw notYet(`its role is ${role}, its master link is ${linkUp ? 'up' : 'down'}`)
  }, { timeoutMs: REJOIN_MS, everyMs: 20 })
}

async function summarize(
  deployment: Deployment,
  terminal: Terminal,
  fault: Fault,
  firstWriteAt: number,
  writer: Writer,
  master: RedisProcess,
): Promise<void> {
  const { timeline } = deployment
  const after = fault.position
  const firstOf = (event: string): number | undefined => timeline.first({ event, after })?.at
  const lastSwitch = timeline.all({ event: '+switch-master', after }).at(-1)?.at
  const row = (words: string, at: number | undefined): void => {
    if (at !== undefined) terminal.line(`  ${words.padEnd(46)} ${`${(at - fault.at).toFixed(0)} ms`.padStart(9)}`)
  }
  const { tried, acknowledged, lost, outageMs } = await writer.verify(master)
  terminal.line()
  terminal.line(terminal.bold(`Time since the kill (down-after-milliseconds is ${DOWN_AFTER_MS})`))
  row('first sentinel sees the master down', firstOf('+sdown'))
  row('enough sentinels agree', firstOf('+odown'))
  row('a leader is elected', firstOf('+elected-leader'))
  row('a replica is promoted', firstOf('+promoted-slave'))
  row('first write of the client on the new master', firstWriteAt)
  row('all sentinels have switched', lastSwitch)
  terminal.line()
  terminal.line(`The client sent ${count(tried, 'write')}: ${acknowledged} acknowledged, ${lost.length} of them lost.`)
  for (const line of lossExplained(lost.length)) terminal.line(line)
  if (deployment.proxy !== undefined) {
    terminal.line(`It used one address all the time, ${formatAddress(deployment.proxy.address)}, that of the proxy.`)
  }
  terminal.line(`The client could not write for ${outageMs.toFixed(0)} ms.`)
}

/** Lines that explain why acknowledged writes were lost; empty when none were lost. */
export function lossExplained(lost: number): readonly string[] {
  if (lost === 0) return []
  return [
    `  The old master had acknowledged ${lost === 1 ? 'it' : 'them'} and was killed before a replica had ${lost === 1 ? 'it' : 'them'}. Redis replicates`,
    '  asynchronously, so no sentinel can prevent that. min-replicas-to-write 1 on the data nodes limits the loss.',
  ]
}
