/**
 * What clients ask, by redis-benchmark: one request at a time and sixteen, few connections and many; and how long it
 * takes to tell many subscribers. Both programs run all the time and take turns row by row, so what else happens on
 * the machine happens to both.
 */
import { execFileSync } from 'node:child_process'

import { Workspace, type SentinelKind } from '../../src/harness/index.ts'
import { Figures, KINDS, readOptions, wholeNumber } from './figures.ts'
import { sharedNow, subscribeIfAsked, SubscribersProcess } from './subscribers-process.ts'
import { WatchedSentinel } from './watched-process.ts'

const USAGE = `Queries per second by redis-benchmark, and the time to tell many subscribers, ours and genuine in turns.

Options:
  --rounds <n>       rounds of each (default 3)
  --requests <n>     per measurement, eight times as many where they are pipelined (default 30000)
  --warm-up <n>      requests of each kind before the first round (default 50000)
  --events <n>       events of a round (default 5)
  --subscribers <n>  who are told of one event (default 1000)
  --out <file>       where the figures go as JSON`

interface Query { readonly name: string, readonly command: readonly string[] }
interface Shape { readonly clients: number, readonly pipeline: number }

const QUERIES: readonly Query[] = [
  { name: 'PING', command: ['PING'] },
  { name: 'GET-MASTER-ADDR', command: ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster'] },
  { name: 'MASTERS', command: ['SENTINEL', 'MASTERS'] },
]
const SHAPES: readonly Shape[] = [
  { clients: 50, pipeline: 1 },
  { clients: 50, pipeline: 16 },
  { clients: 1000, pipeline: 1 },
  { clients: 1000, pipeline: 16 },
]
/** Sixteen at a time are soon done: a measurement of a few hundredths of a second says little. */
const PIPELINED_FACTOR = 8

await subscribeIfAsked()
const options = readOptions(USAGE, {
  'rounds': '3', 'requests': '30000', 'warm-up': '50000', 'events': '5', 'subscribers': '1000',
})
const rounds = wholeNumber('rounds', options.rounds)
const requests = wholeNumber('requests', options.requests)
const figures = new Figures('queries')
const workspace = new Workspace('ts-sentinel-bench')
try {
  await measureAll()
} finally {
  await workspace.remove()
}
figures.tell(`requests per second, medians of ${rounds}; subscribers in ms`, options.out)

async function measureAll(): Promise<void> {
  const sentinels = new Map<SentinelKind, WatchedSentinel>()
  for (const kind of KINDS) {
    const sentinel = await WatchedSentinel.create(workspace, kind, ['sentinel monitor mymaster 127.0.0.1 6000 2'])
    await sentinel.start()
    sentinels.set(kind, sentinel)
    // A sentinel runs for months: the first second of its life is not what its clients meet.
    const count = wholeNumber('warm-up', options['warm-up'])
    for (const query of QUERIES) perSecond(sentinel.port, query, { clients: 50, pipeline: 16, count })
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const shape of SHAPES) for (const query of QUERIES) measureRate(sentinels, query, shape)
    for (const [kind, sentinel] of sentinels) await measureEvents(kind, sentinel)
  }
  for (const sentinel of sentinels.values()) await sentinel.stop()
}

function measureRate(sentinels: ReadonlyMap<SentinelKind, WatchedSentinel>, query: Query, shape: Shape): void {
  const count = shape.pipeline > 1 ? requests * PIPELINED_FACTOR : requests
  for (const [kind, { port }] of sentinels) {
    const rate = perSecond(port, query, { ...shape, count })
    figures.add(`${query.name}, ${shape.clients} clients, pipeline ${shape.pipeline}`, kind, rate)
  }
}

function perSecond(port: number, { command }: Query, shape: Shape & { readonly count: number }): number {
  const { clients, pipeline, count } = shape
  const told = execFileSync('redis-benchmark', [
    '-p', String(port), '-n', String(count), '-c', String(clients), '-P', String(pipeline), '--csv', ...command,
  ], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return Number(told.trim().split('\n').at(-1)?.split('","')[1])
}

/** From the order that makes the event to the last subscriber that has it. */
async function measureEvents(kind: SentinelKind, sentinel: WatchedSentinel): Promise<void> {
  const count = wholeNumber('subscribers', options.subscribers)
  const subscribers = await SubscribersProcess.start(workspace, count, sentinel.port)
  for (let event = 0; event < wholeNumber('events', options.events); event += 1) {
    const told = subscribers.lastTold()
    const from = sharedNow()
    await sentinel.connection.call(['SENTINEL', 'SET', 'mymaster', 'quorum', String(1 + event % 2)])
    figures.add(`event to ${count} subscribers, ms`, kind, await told - from)
  }
  await subscribers.stop()
}
