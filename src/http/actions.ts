/**
 * POST requests: orders of operators, with the checks of the commands. They are off unless `actions-token` is set. A
 * page of another site cannot send one: it does not know the token, browsers ask before they send its header elsewhere
 * and get no permission, and Host and Origin must name this sentinel.
 */
import type { IncomingHttpHeaders } from 'node:http'

import { visibleLines } from '../text/index.ts'
import { orderOf } from './action-order.ts'
import type { AllowedHosts } from './allowed-host.ts'
import { json, problem, type HttpAnswer } from './answer.ts'
import { isAuthorized } from './authorization.ts'
import type { ActionDocument, ActionName } from './json.ts'
import { BODY_BYTES_MAX } from './limits.ts'
import { pathPart } from './path-part.ts'
import type { Exchange } from './wire/connections.ts'
import type { HttpSettings, HttpWorld } from './world.ts'

const PATH = /^\/masters\/([^/]+)\/(failover|switchover|pause|resume|forget)$/

export interface ActionContext {
  readonly world: HttpWorld
  readonly settings: HttpSettings
  readonly hosts: AllowedHosts
}

/** Runs the order of a POST request; undefined when its path is none of an action, or actions are off. */
export async function action(
  context: ActionContext, exchange: Exchange, path: string,
): Promise<HttpAnswer | undefined> {
  const { world, settings: { actionsToken } } = context
  const [, encoded, name] = PATH.exec(path) ?? []
  const master = pathPart(encoded)
  if (actionsToken === undefined || master === undefined || name === undefined) return undefined
  const { headers } = exchange.request
  const refused = refusal(context, path, headers) ?? unauthorized(context, exchange, actionsToken)
  if (refused !== undefined) return refused
  if (!world.view.hasMaster(master)) return problem(404, `No master has the name ${master}. /masters lists them.`)
  const body = await exchange.connection.readBody(Number(headers['content-length'] ?? 0))
  if (body === undefined) return problem(400, 'The connection ended before the body was complete.')
  return run(context, exchange, { master, name: name as ActionName, body: body.toString() })
}

interface Asked {
  readonly master: string
  readonly name: ActionName
  readonly body: string
}

async function run(
  { world }: ActionContext, { connection }: Exchange, { master, name, body }: Asked,
): Promise<HttpAnswer> {
  const order = orderOf(master, name, body)
  if (typeof order === 'string') return problem(400, order)
  const command = visibleLines(['SENTINEL', order.name.toUpperCase(), ...order.words].join(' '))
  world.logger.log('warning', `HTTP: ${connection.remoteAddress} orders ${command}`)
  const { isDone, text } = await world.order(order.name, order.words)
  world.logger.log('warning', `HTTP: ${command} of ${connection.remoteAddress}: ${visibleLines(text)}`)
  if (!isDone) return problem(409, text)
  return json(200, { schemaVersion: 1, master, action: name, answer: text } satisfies ActionDocument)
}

/** Why the request cannot be one of an operator's own page or program. */
function refusal({ hosts }: ActionContext, path: string, headers: IncomingHttpHeaders): HttpAnswer | undefined {
  const { host, origin, 'content-type': type = '', 'content-length': length = '0', 'transfer-encoding': encoding } = headers
  if (host === undefined || !hosts.allows(path, headers)) return problem(421, 'The host of the request is not allowed.')
  if (origin !== undefined && !isOwnOrigin(origin, host)) return problem(403, 'The request comes from a page of another site.')
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return problem(403, 'The request comes from a page of another site.')
  if (!/^application\/json(?:;|$)/i.test(type)) return problem(415, 'Send the header Content-Type: application/json.')
  if (encoding !== undefined || !/^\d+$/.test(length)) return problem(411, 'Send the header Content-Length.')
  return Number(length) > BODY_BYTES_MAX ? problem(413, `The body exceeds ${BODY_BYTES_MAX} bytes.`) : undefined
}

/** Behind a proxy with TLS, the page has https. */
function isOwnOrigin(origin: string, host: string): boolean {
  const own = host.toLowerCase()
  return [`http://${own}`, `https://${own}`].includes(origin.toLowerCase())
}

function unauthorized(
  { world }: ActionContext, { request, connection }: Exchange, token: string,
): HttpAnswer | undefined {
  if (isAuthorized(request.headers.authorization, token)) return undefined
  world.logger.log('warning', `HTTP: refused an action of ${connection.remoteAddress}: its token is missing or wrong`)
  return problem(401, 'Actions need the actions-token of the [http] section: Authorization: Bearer <token>.', { 'WWW-Authenticate': 'Bearer' })
}
