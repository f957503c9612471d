/** Stages one trouble and reads every screen, until all name the cause and for some seconds after that. */
import { pause } from '../chaos/pacing.ts'
import { withHttp, type HttpDeployment } from '../integration/support/settings-file.ts'
import type { Expected, Trouble } from './catalogue.ts'
import { firingAlerts, scrapeFleet, type Firing, type FleetScrape } from './live-alerts.ts'
import { lookAt, NO_PAGE, type Look, type SentinelLooks } from './observe.ts'

/** Some troubles are noticed at the next INFO or lookup of a name only. */
const GIVE_UP_MS = 40_000
/** For so long the first lines must not change, in milliseconds. */
const HOLD_MS = 8000
const EVERY_MS = 500

/** One screen of one sentinel. */
export interface Reading {
  readonly sentinel: number
  readonly screen: 'explain' | 'dashboard'
  readonly look: Look
  readonly isGood: boolean
}

export interface TroubleReport {
  readonly name: string
  readonly title: string
  /** Milliseconds until all screens named the cause; undefined: they never did. */
  readonly namedAfterMs: number | undefined
  readonly readings: readonly Reading[]
  /** What the screens showed before that, without repetitions. */
  readonly before: readonly string[]
  /** Wrong first lines that were seen after all screens had named the cause. */
  readonly wavering: readonly Reading[]
  readonly alerts: readonly Firing[]
  readonly isAlertGood: boolean
  /** The last events of all processes. */
  readonly timeline: string
}

export function isGood({ namedAfterMs, wavering, isAlertGood }: TroubleReport): boolean {
  return namedAfterMs !== undefined && wavering.length === 0 && isAlertGood
}

export async function runTrouble(trouble: Trouble): Promise<TroubleReport> {
  const cleaning: (() => Promise<unknown> | void)[] = []
  const reports: TroubleReport[] = []
  try {
    const { options, befall } = trouble.stage((clean) => { cleaning.push(clean) })
    await withHttp(options, async (given) => {
      const urls = given.deployment.sentinels.flatMap(({ kind }, number) => kind === 'ours' ? [given.url(number)] : [])
      const healthy = await scrapeFleet(urls)
      const expected = await befall(given.deployment)
      reports.push(await watch(trouble, { given, urls, healthy, expected }))
    })
  } finally {
    for (const clean of cleaning.reverse()) await clean()
  }
  const [report] = reports
  if (report === undefined) throw new Error(`${trouble.name} was not watched`)
  return report
}

interface Watched {
  readonly given: HttpDeployment
  readonly urls: readonly string[]
  readonly healthy: FleetScrape
  readonly expected: Expected
}

async function watch(
  { name, title, alertAfterMinutes, holdMs = HOLD_MS }: Trouble, { given, urls, healthy, expected }: Watched,
): Promise<TroubleReport> {
  const from = performance.now()
  const read = async (): Promise<Reading[]> => {
    return (await lookAt(given)).flatMap((looks, sentinel) => readingsOf(looks, sentinel, expected))
  }
  const before = new Set<string>()
  let readings = await read()
  while (!readings.every((one) => one.isGood) && performance.now() - from < GIVE_UP_MS) {
    for (const { isGood: good, look: { line } } of readings) if (!good) before.add(steady(line))
    await pause(EVERY_MS)
    readings = await read()
  }
  const namedAfterMs = readings.every((one) => one.isGood) ? performance.now() - from : undefined
  const wavering: Reading[] = []
  const scrapes: FleetScrape[] = []
  const end = performance.now() + holdMs
  while (performance.now() < end || scrapes.length === 0) {
    scrapes.push(await scrapeFleet(urls))
    wavering.push(...(await read()).filter((one) => !one.isGood))
    await pause(EVERY_MS)
  }
  const alerts = firingAlerts(healthy, scrapes, alertAfterMinutes)
  return {
    name, title, namedAfterMs, before: [...before], readings, alerts,
    wavering: namedAfterMs === undefined ? [] : wavering,
    isAlertGood: alerts.some(({ summary, description }) => expected.alert.test(summary) && description !== ''),
    timeline: given.deployment.timeline.tail(200),
  }
}

/** The line without durations, which change at every look. */
function steady(line: string): string {
  return line.replaceAll(/\b\d+(?:\.\d+)? (?:ms|s|min)\b/g, 'N s')
}

function readingsOf({ tool, page }: SentinelLooks, sentinel: number, expected: Expected): Reading[] {
  const { cause, remedy, dead } = expected
  const isDead = dead?.includes(sentinel) === true
  const isNamed = ({ line, advice }: Look): boolean => isDead
    ? line === NO_PAGE || /connection refused\. Ask another sentinel/.test(line)
    : cause.test(line) && remedy.test(advice)
  const tried: Reading = { sentinel, screen: 'explain', look: tool, isGood: isNamed(tool) }
  return page === undefined ? [tried] : [tried, { sentinel, screen: 'dashboard', look: page, isGood: isNamed(page) }]
}

export function reportText(report: TroubleReport): string {
  const { name, title, namedAfterMs, before, readings, wavering, alerts, isAlertGood } = report
  const when = namedAfterMs === undefined ? 'NOT NAMED' : `named by all after ${(namedAfterMs / 1000).toFixed(1)} s`
  return [
    `${isGood(report) ? 'ok ' : 'BAD'} ${name}: ${title}; ${when}`,
    ...before.map((line) => `    before       ${line}`),
    ...readings.flatMap((one) => lines(one)),
    ...[...new Set(wavering.flatMap((one) => lines(one)))].map((line) => `    LATER ${line.trim()}`),
    ...alerts.map(({ alert, severity, summary }) => `    alert        ${alert} (${severity}): ${summary}`),
    ...isAlertGood ? [] : ['    alert        BAD: none names the cause'],
  ].join('\n')
}

function lines({ sentinel, screen, look: { line, advice }, isGood: good }: Reading): string[] {
  return [`    ${screen.padEnd(9)} ${sentinel}  ${good ? '' : 'BAD '}${line}${advice === '' ? '' : ` | ${advice}`}`]
}
