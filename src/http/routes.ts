/** The answer to each path. All routes only read. */
import { explanationDocument, explanationFields } from '../explain/index.ts'
import type { HttpAnswer } from './answer.ts'
import { json, problem } from './answer.ts'
import { dashboardAnswer } from './dashboard/dashboard.ts'
import type { Durability } from './durability.ts'
import type { Fleet } from './fleet/fleet.ts'
import { watchAll } from './instances.ts'
import type { ExplainDocument, FleetMasterDocument, LivenessDocument } from './json.ts'
import { exporterMetrics } from './metrics/exporter-metrics.ts'
import { ownMetrics, type OwnSources } from './metrics/own-metrics.ts'
import { MetricsText } from '../prometheus/index.ts'
import { pathPart } from './path-part.ts'
import { primary } from './primary.ts'
import type { Readiness } from './readiness.ts'
import { details, failovers, overview } from './state.ts'
import type { HttpWorld } from './world.ts'

export interface RouteContext {
  readonly world: HttpWorld
  readonly sources: OwnSources
  readonly readiness: Readiness
  readonly durability: Durability
  /** Whether POST requests can act. */
  readonly hasActions: () => boolean
  /** Loaded at the first use. */
  readonly fleet: () => Promise<Fleet>
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
      return json(200, { schemaVersion: 1, status: 'ok' } satisfies LivenessDocument)
    case '/readyz':
      return context.readiness.answer()
    case '/metrics':
      return metrics(world, sources)
    case '/masters':
      return json(200, overview(world, { actions: context.hasActions() }))
    case '/fleet':
      return fleet(context, world.view.masterNames())
    case '/failovers':
      return json(200, failovers(world, world.view.masterNames()))
    default:
      return masterRoute(context, url)
  }
}

/** What all sentinels of these masters say. */
async function fleet(context: RouteContext, masters: readonly string[]): Promise<HttpAnswer> {
  return json(200, await (await context.fleet()).document(masters))
}

function metrics(world: HttpWorld, sources: OwnSources): HttpAnswer {
  const text = new MetricsText()
  const now = world.now()
  const all = watchAll(world, now)
  exporterMetrics(text, world, { now, all })
  ownMetrics(text, { world, sources, now, all })
  return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: text.bytes }
}

function masterRoute(context: RouteContext, url: URL): HttpAnswer | Promise<HttpAnswer> {
  const { world, durability } = context
  const [, first, encoded, what, ...rest] = url.pathname.split('/')
  const name = pathPart(encoded)
  const isOfFleet = first === 'fleet' && what === undefined
  if ((first !== 'masters' && !isOfFleet) || name === undefined || name === '' || rest.length > 0) {
    return problem(404, 'There is no such path. Try /, /metrics, /masters, /fleet, /failovers, /events, /livez or /readyz.')
  }
  if (!world.view.hasMaster(name)) return problem(404, `No master has the name ${name}. /masters lists them.`)
  if (isOfFleet) return fleetMaster(context, name)
  switch (what) {
    case undefined:
      return json(200, details(world, name))
    case 'failovers':
      return json(200, failovers(world, [name]))
    case 'explain':
      return explanation(world, name)
    case 'primary':
      return primary({ world, durability }, name, url.searchParams)
    default:
      return problem(404, `A master has /primary, /explain and /failovers, not /${what}.`)
  }
}

/** What SENTINEL EXPLAIN says. */
function explanation({ view, journal, now, facts }: HttpWorld, name: string): HttpAnswer {
  const at = now()
  const found = view.explain(name, at)
  if (found === undefined) return problem(404, `No master has the name ${name}.`)
  const fields = explanationFields(found, journal.failovers(name), at.wall, { tls: facts.redisCliTls() })
  return json(200, { schemaVersion: 1, ...explanationDocument(fields) } satisfies ExplainDocument)
}

async function fleetMaster(context: RouteContext, name: string): Promise<HttpAnswer> {
  const { masters: [master], ...document } = await (await context.fleet()).document([name])
  if (master === undefined) return problem(404, `No master has the name ${name}.`)
  return json(200, { ...document, master } satisfies FleetMasterDocument)
}
