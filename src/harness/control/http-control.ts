import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { hasCode } from '../error-code.ts'
import { messageOf } from '../eventually.ts'
import { asControlError, ControlError } from './control-error.ts'
import type { ControlService } from './control-service.ts'
import { openApiDocument } from './open-api.ts'

/** The largest body of a request, in bytes. */
export const MAX_BODY_BYTES = 1024 * 1024

/** Time limit for a request to arrive as a whole, in milliseconds. */
const REQUEST_MS = 30_000

/** The control interface as HTTP on 127.0.0.1, for callers that have its token. */
export class HttpControl {
  /** Without a slash at its end. */
  readonly url: string
  /** Every request but that for the description has the header `Authorization: Bearer <token>`. */
  readonly token: string
  readonly #server: Server

  private constructor(server: Server, url: string, token: string) {
    this.#server = server
    this.url = url
    this.token = token
  }

  /**
   * @param port 0: any that is free
   * @param version of this package, for the description
   * @throws Error when the port is taken
   */
  static async listen(service: ControlService, version: string, port = 0): Promise<HttpControl> {
    const token = randomBytes(24).toString('base64url')
    const handler = new Handler(service, version, token)
    const server = createServer({ requestTimeout: REQUEST_MS }, (request, response) => {
      void handler.handle(request, response)
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        const reason = hasCode(error, 'EADDRINUSE') ? 'another process listens there; give another port' : error.message
        reject(new Error(`cannot listen on 127.0.0.1:${port} for the control interface: ${reason}`))
      })
      server.listen(port, '127.0.0.1', resolve)
    })
    const { port: listening } = server.address() as AddressInfo
    return new HttpControl(server, `http://127.0.0.1:${listening}`, token)
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => { resolve() })
    })
    this.#server.closeAllConnections()
    await closed
  }
}

class Handler {
  readonly #service: ControlService
  readonly #version: string
  readonly #authorization: Buffer

  constructor(service: ControlService, version: string, token: string) {
    this.#service = service
    this.#version = version
    this.#authorization = Buffer.from(`Bearer ${token}`)
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const where = `${request.method ?? ''} ${request.url ?? ''}`
    try {
      answer(response, 200, await this.#answer(request, where))
    } catch (error) {
      const { status, document } = asControlError(error, where)
      // The rest of a body that is too large is not read.
      if (status === 413) response.setHeader('connection', 'close')
      if (status === 401) response.setHeader('www-authenticate', 'Bearer')
      answer(response, status, { error: document })
    }
  }

  async #answer(request: IncomingMessage, where: string): Promise<unknown> {
    const path = pathOf(request.url ?? '/')
    if (path.length === 1 && path[0] === 'openapi.json') return openApiDocument(this.#version)
    if (!this.#isAuthorized(request)) {
      throw new ControlError(401, {
        what: 'the token is missing or wrong', where, whatToDo: 'send the header Authorization: Bearer $HARNESS_TOKEN',
      })
    }
    const [collection, id, operation, ...more] = path
    if (collection !== 'deployments' || more.length > 0) throw noSuchPath(where)
    if (operation !== undefined) {
      mustBe(request, ['POST'], where)
      return this.#service.run(operation, id, await readBody(request, where))
    }
    if (id !== undefined) {
      mustBe(request, ['GET', 'DELETE'], where)
      return request.method === 'DELETE' ? this.#service.stop(id) : this.#service.run('state', id, {})
    }
    mustBe(request, ['GET', 'POST'], where)
    return request.method === 'POST'
      ? this.#service.start(await readBody(request, where))
      : { deployments: this.#service.names }
  }

  #isAuthorized({ headers: { authorization } }: IncomingMessage): boolean {
    const given = Buffer.from(authorization ?? '')
    return given.length === this.#authorization.length && timingSafeEqual(given, this.#authorization)
  }
}

function pathOf(url: string): string[] {
  const [path = ''] = url.split('?')
  try {
    return path.split('/').filter((part) => part !== '').map(decodeURIComponent)
  } catch {
    return [path]
  }
}

function noSuchPath(where: string): ControlError {
  return new ControlError(404, {
    what: 'there is no such path', where, whatToDo: 'the paths are /deployments, /deployments/<name>, /deployments/<name>/<operation> and /openapi.json',
  })
}

function mustBe({ method = '' }: IncomingMessage, methods: readonly string[], where: string): void {
  if (methods.includes(method)) return
  throw new ControlError(405, { what: `the method ${method} is not possible here`, where, whatToDo: `use ${methods.join(' or ')}` })
}

/** Reads a body as JSON; an empty one is an empty object. @throws ControlError when it is too large or not JSON */
async function readBody(request: IncomingMessage, where: string): Promise<unknown> {
  const parts: Buffer[] = []
  let bytes = 0
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge(where)
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > MAX_BODY_BYTES) throw tooLarge(where)
    parts.push(part)
  }
  return parseJson(Buffer.concat(parts).toString(), where)
}

/** @throws ControlError naming the place where the text is not JSON */
export function parseJson(text: string, where: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ControlError(400, { what: `not JSON: ${messageOf(error)}`, where, whatToDo: 'send one JSON object' })
  }
}

function tooLarge(where: string): ControlError {
  return new ControlError(413, {
    what: `more than ${MAX_BODY_BYTES} bytes`, where, whatToDo: 'send less: arguments are short',
  })
}

function answer(response: ServerResponse, status: number, document: unknown): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(document)}\n`)
}
