import { classOf, type ScenarioResult } from '../../harness/index.ts'
import { count } from '../../text/index.ts'
import { escaped } from './junit.ts'
import { hasFailed, headLines, type DrillReport } from './report.ts'
import { classOf as classOfVerdict, figuresOf } from './result-table.ts'
import { drawTimeline, type Span } from './timeline-drawing.ts'

/** Time shown before the fault and after the last important event, in milliseconds. */
const MARGIN_MS = 300

const LEGEND = [
  ['fault', 'fault'], ['down', 'down'], ['vote', 'election'], ['switch', 'new master'], ['other', 'other'],
  ['writing', 'writes acknowledged'], ['lost-writes', 'acknowledged, then lost'], ['outage', 'none for 200 ms or more'],
  ['away', 'process ended or paused'],
].map(([className, text]) => `<span><i class="${className}"></i> ${text}</span>`).join(' ')

/** One page without scripts and external files, so that it can be mailed and kept. */
export function htmlPage(report: DrillReport): string {
  const { results } = report
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>ts-sentinel drill</title>',
    `<style>${STYLE}</style></head><body><main>`,
    '<h1>ts-sentinel drill</h1>',
    `<p class="${hasFailed(report) ? 'failed' : ''}">${summary(results)}</p>`,
    `<p class="note">${headLines(report).map(escaped).join('<br>')}</p>`,
    table(results),
    '<p class="note">“detected” and “switched” are times from the fault until the first sentinel saw the master down, and until '
    + 'the first sentinel announced the new address. “outage” is the longest time without an acknowledged write (until the end if '
    + 'none followed). “lost” counts writes that were acknowledged and are not on the master at the end. A scenario with more '
    + '“failovers” than its faults explain fails, because a healthy master was replaced.</p>',
    `<p class="legend">${LEGEND}</p>`,
    ...results.map(section),
    '</main></body></html>',
    '',
  ].join('\n')
}

/** `5 passed, 1 failed, 0 skipped; 128 acknowledged writes lost.` */
function summary(results: readonly ScenarioResult[]): string {
  const many = (wanted: ScenarioResult['verdict']): string => `${results.filter(({ verdict }) => verdict === wanted).length} ${wanted}`
  const lost = results.reduce((sum, { writes }) => sum + (writes.lost ?? 0), 0)
  const losses = lost === 0 ? '' : `; <span class="lost">${count(lost, 'acknowledged write')} lost</span>`
  return `${many('passed')}, ${many('failed')}, ${many('skipped')}${losses}.`
}

function verdictText(result: ScenarioResult): string {
  const look = classOfVerdict(result)
  return `<span class="${look}">${look === 'with-loss' ? `passed, ${result.writes.lost ?? 0} lost` : result.verdict}</span>`
}

function figureCell(name: string, value: string): string {
  const isLoss = name === 'lost' && value !== '-' && value !== '0'
  return `<td class="figure${isLoss ? ' lost' : ''}">${escaped(value)}</td>`
}

function table(results: readonly ScenarioResult[]): string {
  const [first] = results
  if (first === undefined) return ''
  const names = ['scenario', 'verdict', ...figuresOf(first).map(([name]) => name)]
  const rows = results.map((result) => [
    `<td><a href="#${escaped(result.scenario)}">${escaped(result.scenario)}</a></td>`,
    `<td>${verdictText(result)}</td>`,
    ...figuresOf(result).map(([name, value]) => figureCell(name, value)),
  ].join(''))
  return [
    '<div class="wide"><table><thead><tr>',
    ...names.map((name) => `<th scope="col">${name}</th>`),
    '</tr></thead><tbody>',
    ...rows.map((cells) => `<tr>${cells}</tr>`),
    '</tbody></table></div>',
  ].join('')
}

function section(result: ScenarioResult): string {
  const { scenario, title, problem, sentinels, timeline } = result
  const whole = wholeSpan(result)
  const close = closeSpan(result, whole)
  return [
    `<section id="${escaped(scenario)}"><h2>${escaped(scenario)} ${verdictText(result)}</h2>`,
    `<p>${escaped(title)}${sentinels === '' ? '' : ` (sentinels: ${escaped(sentinels)})`}.</p>`,
    problem === undefined ? '' : `<p class="problem">${escaped(problem)}</p>`,
    close === undefined ? '' : `<figure>${drawTimeline(result, close)}<figcaption>the failover</figcaption></figure>`,
    whole === undefined ? '' : `<figure>${drawTimeline(result, whole)}<figcaption>from start to end</figcaption></figure>`,
    timeline.length === 0 ? '' : `<details><summary>all ${timeline.length} events</summary>${events(result)}</details>`,
    '</section>',
  ].join('\n')
}

function events({ timeline, faultAt, startedAt }: ScenarioResult): string {
  const origin = faultAt ?? startedAt
  const rows = timeline.map((entry) => `<tr class="${classOf(entry)}"><td class="figure">${(entry.at - origin).toFixed(0)} ms</td>`
    + `<td>${escaped(entry.source)}</td><td>${escaped(entry.event)}</td><td>${escaped(entry.text)}</td></tr>`)
  return `<div class="wide"><table class="events"><tbody>${rows.join('')}</tbody></table></div>`
}

function wholeSpan({ timeline, startedAt, faultAt, writes }: ScenarioResult): Span | undefined {
  const last = Math.max(...timeline.map(({ at }) => at), ...writes.outages.map(({ to }) => to))
  if (!Number.isFinite(last)) return undefined
  const first = Math.min(...timeline.map(({ at }) => at), faultAt ?? Infinity)
  return { from: Math.max(startedAt, first - MARGIN_MS), to: last + MARGIN_MS }
}

/** The time from the fault to the switch and the end of the first outage; undefined when `whole` is hardly longer. */
function closeSpan({ faultAt, times, writes }: ScenarioResult, whole: Span | undefined): Span | undefined {
  if (faultAt === undefined || whole === undefined || times.switchedOnAllMs === undefined) return undefined
  const outage = writes.outages.find(({ to }) => to > faultAt)
  const to = Math.max(faultAt + times.switchedOnAllMs, outage?.to ?? 0) + MARGIN_MS
  const from = Math.max(whole.from, faultAt - MARGIN_MS)
  return to - from < (whole.to - whole.from) * 0.7 ? { from, to } : undefined
}

const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1c1f23; --quiet: #5b6470; --rule: #d8dde3;
  --good: #1a7f37; --bad: #c62828; --warn: #a15c00; --vote: #6b4fbb; --writing: #b7e3c2; --outage: #f2a6a6; --loss: #c62828; }
@media (prefers-color-scheme: dark) { :root { --ground: #15181c; --ink: #e6e9ec; --quiet: #9aa4af; --rule: #333a42;
  --good: #5ecb7c; --bad: #ff7b72; --warn: #e6a23c; --vote: #b39df3; --writing: #1f5130; --outage: #8c2f2f; --loss: #ff7b72; } }
body { background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 1040px; margin: 0 auto; padding: 24px 16px 64px; }
h2 { margin-top: 48px; font-size: 1.2em; } h2 span { font-weight: normal; font-size: .85em; }
a { color: inherit; } .note, figcaption { color: var(--quiet); font-size: .9em; }
.wide { overflow-x: auto; } table { border-collapse: collapse; }
th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--rule); white-space: nowrap; }
td.figure { text-align: right; font-variant-numeric: tabular-nums; } .events { font: 12px/1.4 ui-monospace, monospace; }
.passed { color: var(--good); } .failed, .problem { color: var(--bad); } .with-loss { color: var(--warn); }
.lost, td.lost { color: var(--bad); font-weight: bold; } .skipped { color: var(--quiet); }
.problem { white-space: pre-wrap; } figure { margin: 12px 0; } summary { cursor: pointer; }
figure { overflow-x: auto; } svg { width: 100%; min-width: 640px; height: auto; } svg text { fill: var(--ink); font-size: 12px; } svg text.scale { fill: var(--quiet); font-size: 11px; }
line.lane, line.grid { stroke: var(--rule); } line.zero { stroke: var(--bad); stroke-dasharray: 4 3; }
.legend span { display: inline-block; margin-right: .8em; white-space: nowrap; }
.legend i { display: inline-block; width: .8em; height: .8em; border-radius: 50%; background: var(--quiet); }
.legend .fault { background: var(--bad); } .legend .down { background: var(--warn); }
.legend .vote { background: var(--vote); } .legend .switch { background: var(--good); }
.legend .writing { background: var(--writing); border-radius: 0; } .legend .outage { background: var(--outage); border-radius: 0; }
rect.writing { fill: var(--writing); } rect.outage { fill: var(--outage); } rect.lost-writes { fill: var(--loss); }
rect.down, rect.paused { fill: var(--rule); } rect.paused { fill-opacity: .5; }
.legend .away { background: var(--rule); border-radius: 0; }
.legend .lost-writes { background: var(--loss); border-radius: 0; }
circle { fill: var(--quiet); stroke: var(--ground); } circle.fault { fill: var(--bad); } circle.down { fill: var(--warn); }
circle.vote { fill: var(--vote); } circle.switch { fill: var(--good); }
tr.fault td { color: var(--bad); } tr.down td { color: var(--warn); } tr.vote td { color: var(--vote); } tr.switch td { color: var(--good); }
`
