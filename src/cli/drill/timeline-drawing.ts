import { classOf, lanesOf, type Absence, type ScenarioResult, type TimelineEntry } from '../../harness/index.ts'
import { count } from '../../text/index.ts'
import { escaped } from './junit.ts'
import { throughProxy } from './limits.ts'

/** A period of time. Both ends are in milliseconds since 1970. */
export interface Span {
  readonly from: number
  readonly to: number
}

const WIDTH = 960
const LEFT = 120
/** Half of the label at the end of the axis. */
const RIGHT = 28
const TOP = 22
const LANE = 26

/** Draws the timeline: the application, the nodes and the sentinels on one time axis. */
export function drawTimeline(result: ScenarioResult, span: Span): string {
  const entries = result.timeline.filter(({ at }) => at >= span.from && at <= span.to)
  const processes = lanesOf(result.timeline.filter(({ at }) => at <= span.to), span.to, result.processes)
  const lanes = ['application', ...processes.map(({ name }) => name)]
  const height = TOP + lanes.length * LANE + 24
  const x = (at: number): number => LEFT + (at - span.from) / Math.max(span.to - span.from, 1) * (WIDTH - LEFT - RIGHT)
  const origin = result.faultAt ?? span.from
  const label = `Timeline of ${result.scenario}: ${entries.length} events of ${processes.length} processes`
  return [
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(label)}">`,
    ...grid(span, origin, x, height),
    ...lanes.map((name, at) => laneOf(name, at)),
    application(result, span, x),
    ...processes.flatMap(({ absences }, at) => (
      absences.map((absence) => absent(absence, span, x, TOP + (at + 1) * LANE))
    )),
    ...importantLast(entries).map((entry) => (
      dot(entry, x(entry.at), TOP + (lanes.indexOf(entry.source) + 0.5) * LANE, origin)
    )),
    '</svg>',
  ].join('\n')
}

/** Important entries are drawn last, so that others do not hide them. */
function importantLast(entries: readonly TimelineEntry[]): TimelineEntry[] {
  return [...entries].sort((left, right) => Number(classOf(left) !== 'other') - Number(classOf(right) !== 'other'))
}

function laneOf(name: string, at: number): string {
  const y = TOP + (at + 0.5) * LANE
  return `<text class="lane" x="${LEFT - 10}" y="${y + 4}" text-anchor="end">${escaped(name)}</text>`
    + `<line class="lane" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`
}

/** The lane of the application: green while writes are acknowledged that stay, red during outages and losses. */
function application({ writes, setup }: ScenarioResult, span: Span, x: (at: number) => number): string {
  const band = (className: string, from: number, to: number, title: string): string => (
    bandOf({ className, from, to, title }, span, x, TOP)
  )
  if (writes.tried === 0) return ''
  const through = throughProxy(setup)
  return [
    band('writing', span.from, span.to, `writes${through} are acknowledged`),
    ...writes.outages.filter(({ from, to }) => to > span.from && from < span.to)
      .map(({ from, to }) => band('outage', from, to, `no acknowledged write${through} for ${(to - from).toFixed(0)} ms`)),
    ...writes.losses.filter(({ from, to }) => to > span.from && from < span.to)
      .map(({ from, to, lost }) => band('lost-writes', from, to, `${count(lost, 'acknowledged write')}${through} lost`)),
  ].join('\n')
}

/** A process that does not run, or is paused. */
function absent({ from, to, state }: Absence, span: Span, x: (at: number) => number, top: number): string {
  const title = `${state} for ${(to - from).toFixed(0)} ms`
  return to <= span.from ? '' : bandOf({ className: state, from, to, title }, span, x, top)
}

interface Band extends Span {
  /** A class of the style sheet of the page. */
  readonly className: string
  readonly title: string
}

function bandOf({ className, from, to, title }: Band, span: Span, x: (at: number) => number, top: number): string {
  const [left, right] = [x(Math.max(from, span.from)), x(Math.min(to, span.to))]
  const width = Math.max(right - left, 1).toFixed(1)
  return `<rect class="${className}" x="${left.toFixed(1)}" y="${top + 5}" width="${width}" height="${LANE - 10}"><title>${title}</title></rect>`
}

function grid(span: Span, origin: number, x: (at: number) => number, height: number): string[] {
  const step = stepFor(span.to - span.from)
  const lines: string[] = []
  for (let offset = Math.ceil((span.from - origin) / step) * step; origin + offset <= span.to; offset += step) {
    const at = x(origin + offset).toFixed(1)
    const className = offset === 0 ? 'grid zero' : 'grid'
    const words = offset === 0 ? 'fault' : step >= 1_000 ? `${offset / 1_000} s` : `${offset} ms`
    lines.push(`<line class="${className}" x1="${at}" x2="${at}" y1="${TOP - 4}" y2="${height - 20}"/>`)
    lines.push(`<text class="scale" x="${at}" y="${height - 6}" text-anchor="middle">${words}</text>`)
  }
  return lines
}

/** A round number of milliseconds that gives about ten lines. */
function stepFor(lengthMs: number): number {
  const rough = lengthMs / 10
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? power * 10
}

function dot(entry: TimelineEntry, x: number, y: number, origin: number): string {
  const className = classOf(entry)
  const radius = className === 'other' ? 3 : 5
  const title = `${(entry.at - origin).toFixed(0)} ms  ${entry.event} ${entry.text}`.trimEnd()
  return `<circle class="${className}" cx="${x.toFixed(1)}" cy="${y}" r="${radius}"><title>${escaped(title)}</title></circle>`
}
