/** Runs the shipped alerts over made series with `promtool test rules`. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'

import { clientToolsHere } from '../../../src/cli/system-packages.ts'
import { minute, SCRAPE_S, type At, type Fleets, type Series } from './series.ts'

export const ALERTS = 'conf/examples/prometheus-alerts.yml'
export const PROXY_ALERTS = 'conf/examples/prometheus-proxy-alerts.yml'

/** Debian has promtool; `npm run setup-and-test` installs it. */
export const hasPromtool = clientToolsHere().includes('promtool')

/** An alert that must fire: its name, its severity, its labels without the severity, and its summary. */
export interface Firing {
  readonly alert: string
  readonly severity: 'critical' | 'warning' | 'info'
  readonly labels: Readonly<Record<string, string>>
  readonly summary: string
}

type Scraped = Pick<Fleets, 'series'>

/** At that minute exactly these alerts of the file fire, with these summaries. */
export function expectFiring(scraped: Scraped, atMinute: number, firing: readonly Firing[], file = ALERTS): void {
  const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-alerts-'))
  try {
    const names = alertNames(file)
    const byName = names.map((alertname) => ({
      alertname, eval_time: `${atMinute * 60}s`,
      exp_alerts: firing.filter(({ alert }) => alert === alertname).map(({ severity, labels, summary }) => (
        { exp_labels: { severity, ...labels }, exp_annotations: { summary } }
      )),
    }))
    writeFileSync(join(folder, 'alerts.yml'), summariesOnly(readFileSync(file, 'utf8')))
    expect(promtool(folder, 'alerts.yml', scraped, atMinute, byName), `at minute ${atMinute}`).toContain('SUCCESS')
    if (firing.length === 0) return
    // Descriptions are shown where they are not expected, so that their templates are tried too.
    writeFileSync(join(folder, 'full.yml'), readFileSync(file, 'utf8'))
    const unexpected = [...new Set(firing.map(({ alert }) => alert))].map((alertname) => ({ alertname, eval_time: `${atMinute * 60}s` }))
    const shown = promtool(folder, 'full.yml', scraped, atMinute, unexpected)
    expect(shown).not.toMatch(/error (?:expanding|executing)|<no value>|%!/)
    expect(shown.match(/runbook_url=/g)?.length ?? 0).toBe(firing.length)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function alertNames(file = ALERTS): string[] {
  return readFileSync(file, 'utf8').match(/(?<=alert: )\w+/g) ?? []
}

function promtool(
  folder: string, rules: string, { series }: Scraped, minutes: number, tests: readonly object[],
): string {
  const file = join(folder, `${rules}.test.json`)
  writeFileSync(file, JSON.stringify({
    rule_files: [rules], evaluation_interval: `${SCRAPE_S}s`,
    tests: [{
      interval: `${SCRAPE_S}s`, input_series: series.map((one) => ({ series: selector(one), values: values(one.at, minute(minutes)) })),
      alert_rule_test: tests,
    }],
  }))
  const { stdout, stderr, error } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8', timeout: 60_000 })
  return error?.message ?? `${stdout}${stderr}`
}

function selector({ name, labels }: Series): string {
  return `${name}{${Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(',')}}`
}

/** A series that ends is marked as stale, as after a failed scrape. */
function values(at: At, last: number): string {
  return Array.from({ length: last + 1 }, (_, scrape) => {
    const value = at(scrape)
    if (value !== undefined) return String(value)
    return scrape > 0 && at(scrape - 1) !== undefined ? 'stale' : '_'
  }).join(' ')
}

/** The rules without descriptions and links: their summaries are compared word by word. */
function summariesOnly(text: string): string {
  return text.replaceAll(/^ {10}description: >-\n(?: {12}.*\n)+/gm, '').replaceAll(/^ {10}runbook_url: .*\n/gm, '')
}
