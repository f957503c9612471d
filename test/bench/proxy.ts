/**
 * The proxy beside no proxy, HAProxy and nutcracker (twemproxy): requests a second, added latency at a fixed rate,
 * memory of idle clients, and the outage after a kill. All programs run all the time and take turns, so what else
 * happens on the machine happens to all.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { loadavg } from 'node:os'
import { join } from 'node:path'

import {
  eventually, formatAddress, killMaster, ManagedProcess, startDeployment, Workspace,
  type Address, type Command, type Deployment,
} from '../../src/harness/index.ts'
import { PlainWriter, proxyCommand } from '../integration/proxy-process.ts'
import { readOptions, wholeNumber } from './figures.ts'
import { formatTable, median } from './table.ts'

const USAGE = `The proxy beside no proxy, HAProxy (tcp, one thread) and nutcracker. Debian: apt install haproxy nutcracker.

Options:
  --rounds <n>    rounds of each measurement (default 3)
  --requests <n>  per measurement, eight times as many where they are pipelined (default 40000)
  --kills <n>     kills of the master (default 3)
  --idle <n>      idle clients whose memory is measured (default 2000)
  --out <file>    where the figures go as JSON`

const options = readOptions(USAGE, { rounds: '3', requests: '40000', kills: '3', idle: '2000' })
const rounds = wholeNumber('rounds', options.rounds)
const requests = wholeNumber('requests', options.requests)

/** Microseconds of a tick of /proc/<pid>/stat. */
const US_PER_TICK = 10_000

/** Requests a second of the measurement of latency, and how long it takes. */
const PACED_PER_SECOND = 1_000
const PACED_REQUESTS = 4_000

interface Contender {
  readonly name: string
  readonly port: number
  /** Undefined: no proxy. */
  readonly process: ManagedProcess | undefined
}

/** The command of a proxy for this master, on this port; its files may be in the folder. */
type CommandOf = (port: number, folder: string, master: Address) => Command

/** Time limit for one run of redis-benchmark, in milliseconds. */
const BENCHMARK_MS_MAX = 300_000

/** All proxies: `ours` in pipe mode, `route` in route mode. The others read from the master, so it does, too. */
const PROXIES: Readonly<Record<string, CommandOf>> = {
  ours: (port) => ours(port, deployment),
  route: (port) => ours(port, deployment, '--mode', 'route', '--read-from', 'master'),
  haproxy, nutcracker,
}

const KILL_ROW = 'outage past down-after at a kill, ms'

const load = loadavg().map((one) => one.toFixed(1)).join(' ')
const values = new Map<string, number[]>()
const workspace = new Workspace('ts-sentinel-bench-proxy')
const deployment = await startDeployment({ redisConfig: ['maxclients 15000'] })
try {
  const contenders = await startAll()
  for (let round = 0; round < rounds; round += 1) {
    for (const pipeline of [1, 16]) {
      for (const contender of contenders) {
        // A second of warm-up in the first round: a proxy runs for months.
        if (round === 0) perSecond(contender.port, pipeline, requests)
        const before = cpuUs(contender.process)
        add(`GET, 50 clients, pipeline ${pipeline}, per second`, contender.name, perSecond(contender.port, pipeline, requests))
        // Other work on the machine changes the rate, and this hardly.
        const used = (cpuUs(contender.process) - before) / countOf(pipeline, requests)
        if (contender.process !== undefined) add(`processor time a request, pipeline ${pipeline}, us`, contender.name, used)
      }
    }
    for (const contender of contenders) {
      const sorted = await pacedLatencies(contender.port)
      add('latency at 1000/s, p50, ms', contender.name, sorted[Math.floor(sorted.length * 0.5)] ?? Number.NaN)
      add('latency at 1000/s, p99, ms', contender.name, sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN)
    }
  }
  for (const contender of contenders) if (contender.process !== undefined) await measureMemory(contender)
  for (let kill = 0; kill < wholeNumber('kills', options.kills); kill += 1) await measureKill()
  report()
  for (const { process } of contenders) await process?.kill()
} finally {
  await deployment.stop()
  await workspace.remove()
}

function add(row: string, name: string, value: number): void {
  const key = `${row}|${name}`
  values.set(key, [...values.get(key) ?? [], value])
}

async function startAll(): Promise<readonly Contender[]> {
  const master = deployment.node(0).address
  return [
    { name: 'direct', port: master.port, process: undefined },
    ...await Promise.all(Object.entries(PROXIES).map(([name, command]) => (
      started(name, (port, folder) => command(port, folder, master))
    ))),
  ]
}

async function started(name: string, command: (port: number, folder: string) => Command): Promise<Contender> {
  const port = await workspace.claimPort()
  const folder = join(workspace.folder, name)
  mkdirSync(folder)
  const process = new ManagedProcess({ name, logFile: join(folder, 'log'), workspace, onChange: () => undefined })
  await process.start(command(port, folder), folder)
  await eventually(`${name} to answer`, () => ask(port, 'PING'), { timeoutMs: 30_000, everyMs: 20 })
  return { name, port, process }
}

function ours(port: number, { sentinelAddresses, group }: Deployment, ...more: readonly string[]): Command {
  return proxyCommand(
    '--sentinel', ...sentinelAddresses.map(formatAddress), '--master', group.name, '--bind', '127.0.0.1', '--port', String(port), ...more,
  )
}

function haproxy(port: number, folder: string, master: Address): Command {
  writeFileSync(join(folder, 'haproxy.cfg'), [
    'global', '  nbthread 1', '  maxconn 5000', 'defaults', '  mode tcp', '  timeout connect 5s', '  timeout client 1h', '  timeout server 1h',
    'listen redis', `  bind 127.0.0.1:${port}`, `  server master ${formatAddress(master)}`, '',
  ].join('\n'))
  return { file: 'haproxy', args: ['-db', '-f', 'haproxy.cfg'], ifMissing: 'Install it (Debian: apt install haproxy).' }
}

function nutcracker(port: number, folder: string, master: Address): Command {
  writeFileSync(join(folder, 'nutcracker.yml'), [
    'redis:', `  listen: 127.0.0.1:${port}`, '  redis: true', '  servers:', `   - ${formatAddress(master)}:1`, '',
  ].join('\n'))
  return { file: 'nutcracker', args: ['-c', 'nutcracker.yml', '-s', String(port + 1), '-a', '127.0.0.1'], ifMissing: 'Install it (Debian: apt install nutcracker).' }
}

/** Sixteen at a time are soon done. */
function countOf(pipeline: number, count: number): number {
  return pipeline > 1 ? count * 8 : count
}

/** Processor time that a process has used so far, in microseconds. */
function cpuUs(process: ManagedProcess | undefined): number {
  if (process === undefined) return 0
  const fields = readFileSync(`/proc/${process.pid ?? 0}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) * US_PER_TICK
}

function perSecond(port: number, pipeline: number, count: number): number {
  const args = ['-p', String(port), '-c', '50', '-P', String(pipeline), '-n', String(countOf(pipeline, count)), '-t', 'get', '--csv']
  // It never ends by itself when a request gets no reply.
  const output = execFileSync('redis-benchmark', args, { encoding: 'utf8', timeout: BENCHMARK_MS_MAX, killSignal: 'SIGKILL' })
  return Number(/"GET","([\d.]+)"/.exec(output)?.[1])
}

/** Opens a connection, sends one command, and closes it when an answer comes. */
function ask(port: number, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => { socket.write(`*1\r\n$${command.length}\r\n${command}\r\n`) })
    socket.once('data', () => {
      socket.destroy()
      resolve()
    }).once('error', reject).once('close', () => { reject(new Error('closed')) })
  })
}

/** Latencies in ms, ascending, of requests that begin at fixed times, whether or not the one before was answered. */
function pacedLatencies(port: number): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    const sent: number[] = []
    const latencies: number[] = []
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      const begin = performance.now()
      const timer = setInterval(() => {
        const due = Math.min(PACED_REQUESTS, Math.floor((performance.now() - begin) * PACED_PER_SECOND / 1_000))
        while (sent.length < due) {
          sent.push(performance.now())
          socket.write('*2\r\n$3\r\nGET\r\n$1\r\na\r\n')
        }
        if (sent.length === PACED_REQUESTS) clearInterval(timer)
      }, 1)
    })
    let pending = ''
    socket.on('error', reject).on('data', (bytes) => {
      pending += bytes.toString('latin1')
      const replies = pending.split('$-1\r\n')
      pending = replies.pop() ?? ''
      for (const _ of replies) latencies.push(performance.now() - (sent[latencies.length] ?? Number.NaN))
      if (latencies.length < PACED_REQUESTS) return
      socket.destroy()
      resolve(latencies.sort((one, other) => one - other))
    })
  })
}

/** Resident memory that idle clients, each of which has sent one request, add to a fresh process. */
async function measureMemory({ name, process }: Contender): Promise<void> {
  const master = await deployment.currentMaster()
  await process?.kill()
  const fresh = await started(`${name}-memory`, (port, folder) => PROXIES[name]?.(port, folder, master.address) ?? ours(port, deployment))
  const count = wholeNumber('idle', options.idle)
  for (let at = 0; at < 100; at += 1) await ask(fresh.port, 'PING')
  const before = residentKib(fresh.process)
  const sockets: Socket[] = []
  for (let at = 0; at < count; at += 1) sockets.push(await idleClient(fresh.port))
  add(`memory of ${count} idle clients, KiB each`, name, (residentKib(fresh.process) - before) / count)
  for (const socket of sockets) socket.destroy()
  await fresh.process?.kill()
}

function idleClient(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => { socket.write('*1\r\n$4\r\nPING\r\n') })
    socket.on('error', reject).once('data', () => { resolve(socket) })
  })
}

function residentKib(process: ManagedProcess | undefined): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${process?.pid ?? 0}/status`, 'utf8'))?.[1])
}

/**
 * The time without an acknowledged write beyond down-after, when the master is killed: the client connects again
 * after 10 ms.
 */
async function measureKill(): Promise<void> {
  const fresh = await started(`ours-kill-${values.get(`${KILL_ROW}|ours`)?.length ?? 0}`, (port) => ours(port, deployment))
  const writer = new PlainWriter(fresh.port)
  await writer.writesSince(0)
  const fault = await killMaster(deployment)
  await deployment.waitUntilSettled({ awayFrom: fault.node.address })
  await writer.writesSince(fault.at)
  writer.stop()
  add(KILL_ROW, 'ours', writer.outageMs - deployment.group.plan.downAfterMs)
  await fresh.process?.kill()
  await fault.node.start()
  await deployment.waitUntilSettled({ awayFrom: fault.node.address })
}

function report(): void {
  const names = ['direct', ...Object.keys(PROXIES)]
  const rows = [...new Set([...values.keys()].map((key) => key.split('|')[0] ?? ''))]
  const cell = (row: string, name: string): string => {
    const found = values.get(`${row}|${name}`)
    if (found === undefined) return ''
    const value = median(found)
    return value >= 100 ? value.toFixed(0) : value.toFixed(2)
  }
  const ratio = (row: string, [name, otherName]: readonly [string, string]): string => {
    const [mine, other] = [values.get(`${row}|${name}`), values.get(`${row}|${otherName}`)]
    return mine === undefined || other === undefined ? '' : (median(mine) / median(other)).toFixed(2)
  }
  console.log(`\nproxy: medians of ${rounds} rounds, load before ${load}, after ${loadavg().map((one) => one.toFixed(1)).join(' ')}\n`)
  const pairs = [['ours', 'haproxy'], ['route', 'nutcracker']] as const
  console.log(formatTable([
    ['', ...names, ...pairs.map((pair) => pair.join('/'))],
    ...rows.map((row) => [row, ...names.map((name) => cell(row, name)), ...pairs.map((pair) => ratio(row, pair))]),
  ]))
  const document = { load, node: process.version, figures: Object.fromEntries(values) }
  if (options.out !== undefined) writeFileSync(options.out, JSON.stringify(document, null, 2))
}
