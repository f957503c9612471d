/**
 * Which of the shipped alerts fire in the state that live sentinels report: their /metrics before and during the
 * trouble become series, and `promtool test rules` evaluates the shipped rules over them with their waiting times.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const RULES = 'conf/examples/prometheus-alerts.yml'
const SCRAPE_S = 15
/** Scrapes of the healthy fleet before the trouble begins. */
const HEALTHY_SCRAPES = 20

/** Durations of a present state: they grow while it lasts. */
const GROWING = /^redis_sentinel_master_(?:down|witnessed|disagreement)_seconds\b/

/** The samples of one scrape of one sentinel, by name with labels; undefined: it does not answer. */
export type Scrape = ReadonlyMap<string, string> | undefined

/** One scrape of all sentinels, by instance. */
export type FleetScrape = ReadonlyMap<string, Scrape>

export interface Firing {
  readonly alert: string
  readonly severity: string
  readonly summary: string
  readonly description: string
}

/** Scrapes the sentinels with these addresses of their pages. */
export async function scrapeFleet(urls: readonly string[]): Promise<FleetScrape> {
  return new Map(await Promise.all(urls.map(async (url) => [new URL(url).host, await scrape(url)] as const)))
}

async function scrape(url: string): Promise<Scrape> {
  try {
    const reply = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5000) })
    return samplesOf(await reply.text())
  } catch {
    // The sentinel is dead or stopped, as Prometheus finds it: `up` is 0.
    return undefined
  }
}

function samplesOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line): [string, string] => {
    const space = line.lastIndexOf(' ')
    return [line.slice(0, space), line.slice(space + 1)]
  }))
}

/**
 * The alerts that fire when the trouble has lasted for so many minutes. Its scrapes take turns.
 *
 * @throws Error when promtool is missing or does not understand the rules
 */
export function firingAlerts(healthy: FleetScrape, trouble: readonly FleetScrape[], afterMinutes: number): Firing[] {
  const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-live-alerts-'))
  try {
    copyFileSync(RULES, join(folder, 'alerts.yml'))
    const rules = readFileSync(RULES, 'utf8')
    const scrapes = Math.round(afterMinutes * 60 / SCRAPE_S)
    const at = `${(HEALTHY_SCRAPES + scrapes) * SCRAPE_S}s`
    const names = rules.match(/(?<=alert: )\w+/g) ?? []
    const file = join(folder, 'test.json')
    writeFileSync(file, JSON.stringify({
      rule_files: ['alerts.yml'], evaluation_interval: `${SCRAPE_S}s`,
      tests: [{
        interval: `${SCRAPE_S}s`,
        input_series: seriesOf(rules, healthy, trouble, scrapes),
        // Nothing is expected, so that promtool prints what fires.
        alert_rule_test: names.map((alertname) => ({ alertname, eval_time: at })),
      }],
    }))
    const { stdout, stderr, error } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8', timeout: 60_000 })
    if (error !== undefined) throw error
    return readFirings(`${stdout}\n${stderr}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function seriesOf(rules: string, healthy: FleetScrape, trouble: readonly FleetScrape[], scrapes: number) {
  const series: { readonly series: string, readonly values: string }[] = []
  for (const instance of healthy.keys()) {
    const before = healthy.get(instance)
    const during = trouble.map((one) => one.get(instance))
    const names = new Set([before, ...during].flatMap((one) => [...one?.keys() ?? []]))
    for (const name of names) {
      const metric = name.replace(/\{.*$/s, '')
      if (!rules.includes(metric.replace(/_(?:bucket|sum|count)$/, ''))) continue
      series.push({ series: labelled(name, instance), values: valuesOf(name, before, during, scrapes) })
    }
    const up = (at: number | undefined) => (at === undefined ? before : during[at]) === undefined ? '0' : '1'
    series.push({ series: labelled('up', instance), values: turns(up, during.length, scrapes) })
  }
  return series
}

function labelled(name: string, instance: string): string {
  const own = `job="ts-sentinel",instance=${JSON.stringify(instance)}`
  return name.endsWith('}') ? `${name.slice(0, -1).replace(/,$/, '')},${own}}` : `${name}{${own}}`
}

function valuesOf(name: string, before: Scrape, during: readonly Scrape[], scrapes: number): string {
  return turns((at, since) => {
    const value = at === undefined ? before?.get(name) : during[at]?.get(name)
    if (value === undefined) return since === 0 ? 'stale' : '_'
    return GROWING.test(name) && Number(value) > 0 ? String(since * SCRAPE_S) : value
  }, during.length, scrapes)
}

/** `value` gets the number of a scrape of the trouble (undefined: the healthy one), and how many came before it. */
function turns(value: (at: number | undefined, since: number) => string, count: number, scrapes: number): string {
  const healthy = Array.from({ length: HEALTHY_SCRAPES }, () => value(undefined, -1))
  return [...healthy, ...Array.from({ length: scrapes + 1 }, (_, since) => value(since % count, since))].join(' ')
}

/** Reads what promtool prints about alerts that it did not expect. */
function readFirings(printed: string): Firing[] {
  const firings = [...printed.matchAll(/Labels:\{(.*)\}\s*\n\s*Annotations:\{(.*)\}/g)].map(([, labels = '', annotations = '']): Firing => ({
    alert: quoted(labels, 'alertname'), severity: quoted(labels, 'severity'),
    summary: quoted(annotations, 'summary'), description: quoted(annotations, 'description'),
  }))
  if (firings.length === 0 && !printed.includes('SUCCESS')) throw new Error(`promtool prints no alerts:\n${printed}`)
  return firings.sort((one, other) => one.severity.localeCompare(other.severity))
}

function quoted(list: string, name: string): string {
  const [text = '""'] = new RegExp(`(?<=\\b${name}=)"(?:[^"\\\\]|\\\\.)*"`).exec(list) ?? []
  return JSON.parse(text) as string
}
