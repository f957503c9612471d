/** What a request is answered with. */
import { visibleLines } from '../events/index.ts'

export interface HttpAnswer {
  readonly status: number
  readonly type: 'application/json' | 'text/plain; version=0.0.4; charset=utf-8' | 'text/html; charset=utf-8'
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, type: 'application/json', body: `${visibleLines(JSON.stringify(value))}\n`, headers }
}

/** An answer that says what to do. */
export function problem(status: number, error: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return json(status, { error }, headers)
}
