/**
 * The time of a failover with nothing of ts-sentinel.ini and with all of it, in turns: JSON log, HTTP with a
 * scraper and a reader of events for each sentinel, and two webhooks for all events, of which one never answers.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

import { failoverTimes, killMaster, type FailoverTimes } from '../../src/harness/index.ts'
import { withSettings, type HttpDeployment } from '../integration/support/settings-file.ts'
import { readOptions, wholeNumber } from './figures.ts'
import { formatTable, median } from './table.ts'

const USAGE = `Measures failovers with nothing and with all of ts-sentinel.ini, in turns.

Options:
  --rounds <n>       rounds of each (default 6)
  --parts <list>     what is on, of http, readers, log and webhooks (default all of them)`

const DOWN_AFTER_MS = 500
const SCRAPE_MS = 1_000
const CALM_MS = 2_000

/** Both measured from the first +sdown: what comes before is the same wait for both. */
interface Measured {
  readonly detection: number
  readonly odown: number
  readonly elected: number
  readonly promoted: number
  readonly firstSwitch: number
  readonly switchOnAll: number
}

const options = readOptions(USAGE, { rounds: '6', parts: 'http,readers,log,webhooks' })
const rounds = wholeNumber('rounds', options.rounds)
const parts = new Set(options.parts.split(','))
const figures: Readonly<Record<'off' | 'on', Measured[]>> = { off: [], on: [] }
for (let round = 1; round <= rounds; round += 1) {
  for (const mode of ['off', 'on'] as const) {
    const measured = await measure(mode)
    figures[mode].push(measured)
    console.log(`round ${round}, ${mode}: +switch-master on all ${measured.switchOnAll.toFixed(0)} ms after +sdown`)
  }
}
const rows = (['detection', 'odown', 'elected', 'promoted', 'firstSwitch', 'switchOnAll'] as const).map((key) => [
  key, ...(['off', 'on'] as const).flatMap((mode) => {
    const values = figures[mode].map((one) => one[key])
    return [median(values).toFixed(0), `${Math.min(...values).toFixed(0)}..${Math.max(...values).toFixed(0)}`]
  }),
])
console.log(`Milliseconds, medians of ${rounds}; detection from the kill on (down-after ${DOWN_AFTER_MS}), the others from +sdown`)
console.log(formatTable([['', 'off', 'min..max', 'on', 'min..max'], ...rows]))

async function measure(mode: 'off' | 'on'): Promise<Measured> {
  const receiver = createServer((request, response) => {
    request.resume()
    if (request.url === '/good') response.writeHead(204).end()
  })
  await new Promise<void>((resolve) => { receiver.listen(0, '127.0.0.1', resolve) })
  const { port } = receiver.address() as AddressInfo
  const settings = mode === 'off' ? () => [] : (httpPort: number) => [
    ...parts.has('http') ? ['[http]', `listen = 127.0.0.1:${httpPort}`] : [],
    ...parts.has('log') ? ['[log]', 'format = json'] : [],
    ...parts.has('webhooks') ? [
      '[webhook.good]', `url = http://127.0.0.1:${port}/good`, 'events = *', 'secret = x',
      '[webhook.silent]', `url = http://127.0.0.1:${port}/silent`, 'events = *',
    ] : [],
  ]
  try {
    let times: FailoverTimes | undefined
    await withSettings({ downAfterMs: DOWN_AFTER_MS, folderPrefix: 'ts-sentinel-bench' }, settings, async (given) => {
      const stop = mode === 'on' && parts.has('readers') ? await readAll(given) : () => undefined
      // A fleet that formed this moment still sends what happened then.
      await delay(CALM_MS)
      const fault = await killMaster(given.deployment)
      await given.deployment.waitUntilSettled({ awayFrom: fault.node.address })
      times = failoverTimes(given.deployment.timeline, fault)
      stop()
    })
    const { sdownMs = NaN, odownMs = NaN, electedMs = NaN, promotedMs = NaN } = times ?? {}
    const { switchedMs = NaN, switchedOnAllMs = NaN } = times ?? {}
    return {
      detection: sdownMs,
      odown: odownMs - sdownMs,
      elected: electedMs - sdownMs,
      promoted: promotedMs - sdownMs,
      firstSwitch: switchedMs - sdownMs,
      switchOnAll: switchedOnAllMs - sdownMs,
    }
  } finally {
    receiver.closeAllConnections()
    receiver.close()
  }
}

/** A scraper, what a dashboard asks and a reader of events for each sentinel, until the returned function is called. */
async function readAll({ deployment, url }: HttpDeployment): Promise<() => void> {
  const end = new AbortController()
  const { signal } = end
  const timers = await Promise.all(deployment.sentinels.map(async (_, at) => {
    const events = await fetch(`${url(at)}/events`, { signal })
    void events.text().catch(() => undefined)
    return setInterval(() => {
      for (const path of ['metrics', 'masters', 'masters/mymaster']) {
        void fetch(`${url(at)}/${path}`, { signal }).then((reply) => reply.text()).catch(() => undefined)
      }
    }, SCRAPE_MS)
  }))
  return () => {
    for (const timer of timers) clearInterval(timer)
    end.abort()
  }
}
