/** What a request is answered with. */
import type { ServerResponse } from 'node:http'

export interface HttpAnswer {
  readonly status: number
  readonly type: 'application/json' | 'text/plain; version=0.0.4; charset=utf-8' | 'text/html; charset=utf-8'
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n`, headers }
}

/** An answer that says what to do. */
export function problem(status: number, error: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return json(status, { error }, headers)
}

export function send(response: ServerResponse, answer: HttpAnswer): void {
  // The client may have gone while the answer was awaited.
  if (response.destroyed || response.headersSent) return
  response.writeHead(answer.status, {
    'Content-Type': answer.type,
    'Content-Length': Buffer.byteLength(answer.body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...answer.headers,
  })
  // Node leaves the body out where the request was HEAD.
  response.end(answer.body)
}
