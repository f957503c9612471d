/**
 * The head of one HTTP/1 request (RFC 9112), read strictly: what two programs could read in two ways is refused, so
 * that a proxy in front and this reader never disagree about where a request ends.
 */
import { HEADERS_MAX } from '../limits.ts'

export interface RequestHead {
  readonly method: string
  readonly target: string
  /** Names in lower case. Of a header that comes more than once, the first value. */
  readonly headers: ReadonlyMap<string, string>
  /** The client wants to send another request on this connection. */
  readonly keepsAlive: boolean
  /** Bytes of a body follow. No route reads one, so the connection ends after the answer. */
  readonly hasBody: boolean
}

/** Why a request is refused; the connection ends after the answer. */
export interface HeadProblem {
  readonly status: 400 | 408 | 431 | 505
  readonly error: string
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) ([\x21-\x7e\x80-\xff]+) HTTP\/(\d)\.(\d)$/
const HEADER_LINE = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/
/** Bytes of a method. A request that begins with another byte is none. */
const TOKEN_START = /^[!#$%&'*+.^_`|~\w-]/

const NO_HTTP: HeadProblem = { status: 400, error: 'This is no HTTP request.' }

/** The problem that the beginning of a head shows already, so that its sender need not wait for the time limit. */
export function earlyProblem(begun: string): HeadProblem | undefined {
  if (begun !== '' && !TOKEN_START.test(begun)) return NO_HTTP
  const lineEnd = begun.indexOf('\n')
  if (lineEnd === -1) return undefined
  if (/(?<!\r)\n/.test(begun)) return { status: 400, error: 'Lines must end with CR LF.' }
  const line = readRequestLine(begun.slice(0, lineEnd - 1))
  return 'error' in line ? line : undefined
}

/** `text` is the head without the empty line that ends it, one character a byte. */
export function readHead(text: string): RequestHead | HeadProblem {
  const [first = '', ...lines] = text.split('\r\n')
  const line = readRequestLine(first)
  if ('error' in line) return line
  if (lines.length > HEADERS_MAX) return { status: 431, error: `There are more than ${HEADERS_MAX} headers.` }
  const headers = new Map<string, string>()
  for (const header of lines) {
    const [, name, value] = HEADER_LINE.exec(header) ?? []
    if (name === undefined || value === undefined) return { status: 400, error: 'One of the headers is malformed.' }
    const key = name.toLowerCase()
    if (headers.has(key) && UNIQUE.has(key)) return { status: 400, error: `The header ${key} comes twice.` }
    if (!headers.has(key)) headers.set(key, value.trimEnd())
  }
  return withFraming(line, headers)
}

/** Headers that decide where the request goes or where it ends. */
const UNIQUE: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding'])

interface RequestLine {
  readonly method: string
  readonly target: string
  /** Of HTTP/1. */
  readonly minor: number
}

function readRequestLine(line: string): RequestLine | HeadProblem {
  const [, method, target, major, minor] = REQUEST_LINE.exec(line) ?? []
  if (method === undefined || target === undefined) return NO_HTTP
  if (major !== '1') return { status: 505, error: 'Use HTTP/1.1.' }
  return { method, target, minor: Number(minor) }
}

function withFraming(
  { method, target, minor }: RequestLine, headers: ReadonlyMap<string, string>,
): RequestHead | HeadProblem {
  if (minor > 0 && !headers.has('host')) return { status: 400, error: 'The header Host is missing.' }
  const length = headers.get('content-length')
  const isChunked = headers.has('transfer-encoding')
  if (length !== undefined && (isChunked || !/^\d{1,15}$/.test(length))) {
    return { status: 400, error: 'The length of the body is unclear.' }
  }
  const wishes = (headers.get('connection') ?? '').toLowerCase().split(',').map((wish) => wish.trim())
  return {
    method,
    target,
    headers,
    keepsAlive: minor > 0 ? !wishes.includes('close') : wishes.includes('keep-alive'),
    hasBody: isChunked || (length !== undefined && Number(length) > 0),
  }
}
