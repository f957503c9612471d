/** The head of an answer, as it is sent. */
import { KEEP_ALIVE_MS } from '../limits.ts'

/** Of every status that is answered here. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [200, 'OK'], [400, 'Bad Request'], [401, 'Unauthorized'], [404, 'Not Found'], [405, 'Method Not Allowed'],
  [408, 'Request Timeout'], [421, 'Misdirected Request'], [431, 'Request Header Fields Too Large'],
  [500, 'Internal Server Error'], [503, 'Service Unavailable'], [505, 'HTTP Version Not Supported'],
])

export interface ResponseHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly keepsAlive: boolean
  /** Unix time in milliseconds. */
  readonly now: number
}

/** Ends with the empty line; the body follows. Values of headers are ours and hold no line ends. */
export function responseHead({ status, headers, keepsAlive, now }: ResponseHead): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const connection = keepsAlive
    ? ['Connection: keep-alive', `Keep-Alive: timeout=${KEEP_ALIVE_MS / 1000}`]
    : headers['Connection'] === undefined ? ['Connection: close'] : []
  return [
    `HTTP/1.1 ${status} ${REASONS.get(status) ?? ''}`, `Date: ${new Date(now).toUTCString()}`, ...lines, ...connection, '', '',
  ].join('\r\n')
}
