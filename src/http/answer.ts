/** The answer to a request. */
import { STATUS_CODES, type ServerResponse } from 'node:http'

import { visibleLines } from '../text/index.ts'
import type { ErrorJson } from './json.ts'

export interface HttpAnswer {
  readonly status: number
  readonly type: 'application/json' | 'text/plain; version=0.0.4; charset=utf-8' | 'text/html; charset=utf-8'
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, type: 'application/json', body: `${visibleLines(JSON.stringify(value))}\n`, headers }
}

/** An error answer. `error` says what is wrong and what to do. */
export function problem(status: number, error: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return json(status, { schemaVersion: 1, error } satisfies ErrorJson, headers)
}

/** Sends the whole answer. */
export function send(response: ServerResponse, answer: HttpAnswer): void {
  response.writeHead(answer.status, headersOf(answer))
  response.end(answer.body)
}

/** The bytes of an answer to a request that node:http could not read. The connection ends after it. */
export function answerText(answer: HttpAnswer): string {
  const headers = { ...headersOf(answer), Date: new Date().toUTCString(), Connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${lines.join('')}\r\n${answer.body.toString()}`
}

/** The values of all headers come from this program and have no line ends. */
function headersOf({ type, body, headers }: HttpAnswer): Readonly<Record<string, string | number>> {
  return {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  }
}
