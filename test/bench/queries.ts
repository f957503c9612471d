/** What clients ask, by redis-benchmark: one request at a time and sixteen, few connections and many. */
import { execFileSync } from 'node:child_process'
import { connect } from 'node:net'
import { Workspace, type SentinelKind } from '../../src/harness/index.ts'
import { Figures, KINDS, readOptions, wholeNumber } from './figures.ts'
import { WatchedSentinel } from './watched-process.ts'

const USAGE = `Queries per second by redis-benchmark, and the time to tell many subscribers, ours and genuine in turns.

Options:
  --rounds <n>       rounds of each (default 3)
  --requests <n>     per measurement (default 50000)
  --subscribers <n>  who are told of one event (default 1000)
  --out <file>       where the figures go as JSON`

const QUERIES: readonly { readonly name: string, readonly command: readonly string[] }[] = [
  { name: 'PING', command: ['PING'] },
  { name: 'GET-MASTER-ADDR', command: ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster'] },
  { name: 'MASTERS', command: ['SENTINEL', 'MASTERS'] },
]
const SHAPES = [
  { clients: 50, pipeline: 1 },
  { clients: 50, pipeline: 16 },
  { clients: 1000, pipeline: 1 },
  { clients: 1000, pipeline: 16 },
]

const options = readOptions(USAGE, { rounds: '3', requests: '50000', subscribers: '1000' })
const rounds = wholeNumber('rounds', options.rounds)
const figures = new Figures('queries')
for (let round = 0; round < rounds; round += 1) for (const kind of KINDS) await measure(kind)
figures.tell(`requests per second, medians of ${rounds}; subscribers in ms`, options.out)

async function measure(kind: SentinelKind): Promise<void> {
  const workspace = new Workspace('ts-sentinel-bench')
  try {
    const sentinel = await WatchedSentinel.create(workspace, kind, ['sentinel monitor mymaster 127.0.0.1 6000 2'])
    await sentinel.start()
    for (const { clients, pipeline } of SHAPES) {
      for (const { name, command } of QUERIES) {
        const rate = perSecond(sentinel.port, command, { clients, pipeline })
        figures.add(`${name}, ${clients} clients, pipeline ${pipeline}`, kind, rate)
      }
    }
    figures.add(`event to ${options.subscribers} subscribers, ms`, kind, await tellAll(sentinel))
    await sentinel.stop()
  } finally {
    await workspace.remove()
  }
}

function perSecond(port: number, command: readonly string[], shape: (typeof SHAPES)[number]): number {
  const { clients, pipeline } = shape
  const told = execFileSync('redis-benchmark', [
    '-p', String(port), '-n', options.requests, '-c', String(clients), '-P', String(pipeline), '--csv', ...command,
  ], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return Number(told.trim().split('\n').at(-1)?.split('","')[1])
}

/** From the order that makes the event to the last subscriber that has it. */
async function tellAll(sentinel: WatchedSentinel): Promise<number> {
  const count = wholeNumber('subscribers', options.subscribers)
  let told: () => void = () => undefined
  let left = count
  const sockets = await Promise.all(Array.from({ length: count }, () => subscriber(sentinel.port, () => {
    left -= 1
    if (left === 0) told()
  })))
  const all = new Promise<void>((resolve) => { told = resolve })
  const from = performance.now()
  await sentinel.connection.call(['SENTINEL', 'SET', 'mymaster', 'quorum', '1'])
  await all
  const took = performance.now() - from
  for (const socket of sockets) socket.destroy()
  return took
}

function subscriber(port: number, onEvent: () => void): Promise<ReturnType<typeof connect>> {
  return new Promise((resolve, failed) => {
    const socket = connect(port, '127.0.0.1', () => { socket.write('SUBSCRIBE +set\r\n') })
    socket.once('error', failed)
    socket.once('data', () => {
      resolve(socket)
      socket.once('data', onEvent)
    })
  })
}
