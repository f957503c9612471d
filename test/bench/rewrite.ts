/** What one rewrite of the configuration file costs with many masters: how long it takes, and how long it blocks. */
import { CommandConnection, type SentinelKind } from '../../src/harness/index.ts'
import { Figures, KINDS, readOptions, wholeNumber } from './figures.ts'
import { withLargeFleet } from './large-fleet.ts'
import { serveNodesIfAsked } from './nodes-process.ts'
import type { WatchedSentinel } from './watched-process.ts'

const USAGE = `SENTINEL FLUSHCONFIG, ours and genuine in turns: one sentinel, modelled masters with a replica each.

Options:
  --masters <n>    default 1000
  --rounds <n>     rewrites of each (default 20)
  --only <kind>    ours or genuine
  --out <file>     where the figures go as JSON`

await serveNodesIfAsked()
const options = readOptions(USAGE, { masters: '1000', rounds: '20', only: '' })
const masters = wholeNumber('masters', options.masters)
const rounds = wholeNumber('rounds', options.rounds)
const figures = new Figures('rewrite')
for (const kind of KINDS) if (options.only === '' || options.only === kind) await measure(kind)
figures.tell(`${masters} masters; the longest wait is that of a PING beside it`, options.out)

async function measure(kind: SentinelKind): Promise<void> {
  await withLargeFleet(kind, { masters, downAfterMs: 30_000, sentinels: 1 }, async ({ sentinels: [sentinel] }) => {
    if (sentinel === undefined) throw new Error('there is no sentinel')
    const beside = new CommandConnection({ host: '127.0.0.1', port: sentinel.port })
    try {
      for (let round = 0; round < rounds; round += 1) await rewriteOnce(kind, sentinel, beside)
    } finally {
      beside.close()
    }
  })
}

async function rewriteOnce(kind: SentinelKind, sentinel: WatchedSentinel, beside: CommandConnection): Promise<void> {
  const cpuBefore = sentinel.cpuMs()
  const from = performance.now()
  let endedAt = 0
  const rewritten = sentinel.connection.call(['SENTINEL', 'FLUSHCONFIG'], 30_000).finally(() => { endedAt = performance.now() })
  let longest = 0
  while (endedAt === 0) {
    const asked = performance.now()
    await beside.call(['PING'], 30_000)
    longest = Math.max(longest, performance.now() - asked)
  }
  const reply = await rewritten
  if (reply !== 'OK') throw new Error(`FLUSHCONFIG was answered with ${String(reply)}`)
  figures.add('one rewrite, ms', kind, endedAt - from)
  figures.add('longest wait of PING meanwhile, ms', kind, longest)
  figures.add('CPU of one rewrite, ms', kind, sentinel.cpuMs() - cpuBefore)
}
