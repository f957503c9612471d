/** The answer to each path. All routes only read. */
import { explanationFields } from '../explain/index.ts'
import type { HttpAnswer } from './answer.ts'
import { json, problem } from './answer.ts'
import { dashboardAnswer } from './dashboard/dashboard.ts'
import type { Durability } from './durability.ts'
import { watchAll } from './instances.ts'
import type { ExplanationJson } from './json.ts'
import { exporterMetrics } from './metrics/exporter-metrics.ts'
import { ownMetrics, type OwnSources } from './metrics/own-metrics.ts'
import { MetricsText } from './metrics/text-format.ts'
import { primary } from './primary.ts'
import type { Readiness } from './readiness.ts'
import { details, failoverJson, overview } from './state.ts'
import type { HttpWorld } from './world.ts'

export interface RouteContext {
  readonly world: HttpWorld
  readonly sources: OwnSources
  readonly readiness: Readiness
  readonly durability: Durability
}

/** Paths that need no token: probes of the supervisor, and a page without any data. */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/', '/livez', '/readyz'])

export function needsToken(path: string): boolean {
  return !OPEN_PATHS.has(path)
}

export function route(context: RouteContext, url: URL): HttpAnswer | Promise<HttpAnswer> {
  const { world, sources } = context
  switch (url.pathname) {
    case '/':
      return dashboardAnswer()
    case '/livez':
      return json(200, { status: 'ok' })
    case '/readyz':
      return context.readiness.answer()
    case '/metrics':
      return metrics(world, sources)
    case '/masters':
      return json(200, overview(world))
    default:
      return masterRoute(context, url)
  }
}

function metrics(world: HttpWorld, sources: OwnSources): HttpAnswer {
  const text = new MetricsText()
  const now = world.now()
  const all = watchAll(world, now)
  exporterMetrics(text, world, { now, all })
  ownMetrics(text, { world, sources, now, all })
  return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: text.text }
}

function masterRoute({ world, durability }: RouteContext, url: URL): HttpAnswer | Promise<HttpAnswer> {
  const [, first, encoded, what, ...rest] = url.pathname.split('/')
  const name = decoded(encoded ?? '')
  if (first !== 'masters' || name === undefined || name === '' || rest.length > 0) {
    return problem(404, 'There is no such path. Try /, /metrics, /masters, /events, /livez or /readyz.')
  }
  if (!world.view.hasMaster(name)) return problem(404, `No master has the name ${name}. /masters lists them.`)
  switch (what) {
    case undefined:
      return json(200, details(world, name))
    case 'failovers':
      return json(200, { name, failovers: world.journal.failovers(name).map(failoverJson) })
    case 'explain':
      return explanation(world, name)
    case 'primary':
      return primary({ world, durability }, name, url.searchParams)
    default:
      return problem(404, `A master has /primary, /explain and /failovers, not /${what}.`)
  }
}

/** The same names and values as SENTINEL EXPLAIN. */
function explanation({ view, journal, now }: HttpWorld, name: string): HttpAnswer {
  const at = now()
  const found = view.explain(name, at)
  if (found === undefined) return problem(404, `No master has the name ${name}.`)
  const fields: ExplanationJson = Object.fromEntries(explanationFields(found, journal.failovers(name), at.wall))
  return json(200, fields)
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
