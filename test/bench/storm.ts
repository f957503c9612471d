/** Many masters die at the same moment: how long until all sentinels tell the new address of every one. */
import { eventually, notYet, pairs, type SentinelKind } from '../../src/harness/index.ts'
import { Figures, KINDS, readOptions, wholeNumber } from './figures.ts'
import { withLargeFleet, type LargeFleet } from './large-fleet.ts'
import { nodeAddress } from './modelled-nodes.ts'
import { serveNodesIfAsked } from './nodes-process.ts'

const USAGE = `Many modelled masters die at once, ours and genuine in turns: 3 sentinels, a replica each.

Options:
  --masters <n>      how many are watched and die (default 100)
  --down-after <ms>  default 1000
  --rounds <n>       rounds of each (default 1)
  --limit <s>        when to give up (default 300)
  --only <kind>      ours or genuine
  --out <file>       where the figures go as JSON`

/** What both programs log after a rewrite of the file. */
const SAVED = 'Sentinel new configuration saved on disk'

await serveNodesIfAsked()
const options = readOptions(USAGE, { 'masters': '100', 'down-after': '1000', 'rounds': '1', 'limit': '300', 'only': '' })
const masters = wholeNumber('masters', options.masters)
const downAfterMs = wholeNumber('down-after', options['down-after'])
const figures = new Figures('storm')
for (let round = 0; round < wholeNumber('rounds', options.rounds); round += 1) {
  for (const kind of KINDS) if (options.only === '' || options.only === kind) await measure(kind)
}
figures.tell(`${masters} masters at once, down-after ${downAfterMs} ms; milliseconds past down-after`, options.out)

async function measure(kind: SentinelKind): Promise<void> {
  await withLargeFleet(kind, { masters, downAfterMs }, async (fleet) => {
    const savesBefore = fleet.sentinels.map((sentinel) => sentinel.countLogged(SAVED))
    const cpuBefore = fleet.sentinels.map((sentinel) => sentinel.cpuMs())
    const from = performance.now()
    fleet.nodes.killMasters(masters)
    for (const share of [0.5, 0.9, 1]) {
      const at = await switched(fleet, Math.ceil(masters * share))
      figures.add(`${share * 100} % switched on all sentinels`, kind, at - from - downAfterMs)
    }
    const cpu = fleet.sentinels.map((sentinel, at) => sentinel.cpuMs() - (cpuBefore[at] ?? 0))
    figures.add('CPU of one sentinel, ms', kind, Math.max(...cpu))
    const saves = fleet.sentinels.map((sentinel, at) => sentinel.countLogged(SAVED) - (savesBefore[at] ?? 0))
    figures.add('rewrites of one sentinel', kind, Math.max(...saves))
    figures.add('peers taken for down', kind, fleet.sentinels.reduce((sum, one) => sum + one.countLogged('+sdown sentinel'), 0))
    figures.add('failovers not elected', kind, fleet.sentinels.reduce((sum, one) => sum + one.countLogged('-failover-abort'), 0))
  })
}

/** When every sentinel tells the new address of that many masters. */
async function switched({ sentinels }: LargeFleet, count: number): Promise<number> {
  return eventually(`${count} masters to be replaced`, async () => {
    const counts = await Promise.all(sentinels.map(async ({ connection }) => {
      const all = await connection.call(['SENTINEL', 'MASTERS'], 60_000)
      return (Array.isArray(all) ? all : []).map(pairs).filter(({ name = '', ip }) => (
        ip === nodeAddress(Number(name.slice(1)), 1)
      )).length
    }))
    const least = Math.min(...counts)
    if (least < count) throw notYet(`${least} are`)
    return performance.now()
  }, { timeoutMs: wholeNumber('limit', options.limit) * 1000, everyMs: 50 })
}
