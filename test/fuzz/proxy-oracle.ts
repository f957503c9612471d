/**
 * What a client of route mode must see for the bytes that it sends: an own, simple reader of whole inputs, and the
 * replies of nodes that answer every command with its digest.
 */
import { CommandTable } from '../../src/proxy/commands/command-table.ts'
import { INLINE_BYTES_MAX, REQUEST_BYTES_MAX, REQUEST_WORDS_MAX } from '../../src/proxy/requests/limits.ts'
import { NO_LOGIN, runLocal, type ClientState, type LocalMeans } from '../../src/proxy/requests/local-commands.ts'
import { encode, error, splitInlineRequest, toWire } from '../../src/resp/index.ts'

export const LOCAL: LocalMeans = {
  serverVersion: '7.0.15', login: { needsLogin: true, isLogin: (user, password) => user !== 'other' && password === 'secret' },
}

export interface Expected {
  readonly replies: readonly string[]
  /** `raw`: from a request on, bytes go through. `refused`: an error reply, then the end. */
  end: 'open' | 'quit' | 'refused' | 'raw'
  /** What goes through. */
  raw: string
  /** Bytes of a request that is not complete, or is refused. */
  left: number
  /** Bytes of the longest request. */
  longest: number
}

type Read = { readonly words: readonly string[], readonly next: number, readonly isInline?: true } | 'incomplete' | 'refused'

/** The largest line of a count or length, and what clients may send before they have logged in (protocol.md 5.1). */
const LINE_BYTES_MAX = 65_536
const STRANGER_WORDS_MAX = 10
const STRANGER_WORD_BYTES_MAX = 16_384

/** Reads one request; no words: nothing was asked. */
function readRequest(text: string, at: number, isStranger: boolean): Read {
  if (text[at] !== '*') return readInline(text, at)
  const count = readNumber(text, at)
  if (typeof count === 'string') return count
  if (count.value > (isStranger ? STRANGER_WORDS_MAX : REQUEST_WORDS_MAX)) return 'refused'
  const words: string[] = []
  let next = count.next
  while (words.length < count.value) {
    const length = readNumber(text, next)
    if (typeof length === 'string') return length
    const most = isStranger ? STRANGER_WORD_BYTES_MAX : REQUEST_BYTES_MAX
    if (text[next] !== '$' || length.value < 0 || length.value > most) return 'refused'
    if (next - at + length.value > REQUEST_BYTES_MAX) return 'refused'
    const end = length.next + length.value
    if (end + 2 > text.length) return 'incomplete'
    if (text.slice(end, end + 2) !== '\r\n') return 'refused'
    words.push(text.slice(length.next, end))
    next = end + 2
  }
  return { words, next }
}

/** The number in the line that begins at `at` with a mark. */
function readNumber(text: string, at: number): { readonly value: number, readonly next: number } | 'incomplete' | 'refused' {
  const end = text.indexOf('\r', at)
  if (end < 0 || end + 1 === text.length) {
    return (end < 0 ? text.length : end) - at > LINE_BYTES_MAX ? 'refused' : 'incomplete'
  }
  const digits = text.slice(at + 1, end)
  if (text[end + 1] !== '\n' || !/^(?:0|-?[1-9]\d{0,14})$/.test(digits)) return 'refused'
  return { value: Number(digits), next: end + 2 }
}

function readInline(text: string, at: number): Read {
  const end = text.indexOf('\n', at)
  if ((end < 0 ? text.length : end) - at > INLINE_BYTES_MAX) return 'refused'
  if (end < 0) return 'incomplete'
  const words = splitInlineRequest(text.slice(at, end).replace(/\r$/, ''))
  return words === undefined ? 'refused' : { words: words.map(toWire), next: end + 1, isInline: true }
}

/** The requests of bytes that must be whole requests; undefined: they are not. */
export function wholeRequests(text: string): (readonly string[])[] | undefined {
  const requests: (readonly string[])[] = []
  for (let at = 0; at < text.length;) {
    const read = text[at] === '*' ? readRequest(text, at, false) : 'refused'
    if (typeof read === 'string' || read.words.length === 0) return undefined
    requests.push(read.words)
    at = read.next
  }
  return requests
}

export function isDatabase(words: readonly string[]): boolean {
  return words.length === 2 && /^\d{1,6}$/.test(words[1] ?? '')
}

/** The reply of every node to every command. Its kind depends on the words, too. */
export function nodeReply(words: readonly string[]): string {
  if (words[0]?.toLowerCase() === 'select') return isDatabase(words) && Number(words[1]) < 16 ? '+OK\r\n' : '-ERR DB index is out of range\r\n'
  let hash = words.length
  for (const word of words) {
    for (let at = 0; at < word.length; at += 1) hash = (hash * 33 + word.charCodeAt(at)) | 0
    hash = (hash * 33 + 256) | 0
  }
  const digest = String(hash >>> 0)
  switch ((hash >>> 0) % 5) {
    case 0: return `+${digest}\r\n`
    case 1: return `-ERR ${digest}\r\n`
    case 2: return `$${digest.length + 5}\r\n\r\n+${digest}\r\n\r\n`
    case 3: return `*3\r\n:${digest}\r\n*-1\r\n$-1\r\n`
    default: return `:${digest}\r\n`
  }
}

/** What the proxy keeps about a client whose requests it has seen. */
interface Shadow extends ClientState {
  isInMulti: boolean
  isWatching: boolean
}

const TABLE = new CommandTable()

/** Everything that follows from the bytes of one client. */
export function expectedOf(text: string, needsLogin: boolean): Expected {
  const client: Shadow = {
    id: 1, version: 2, isAuthenticated: !needsLogin, login: undefined, name: '', database: 0, isInMulti: false, isWatching: false,
  }
  const means: LocalMeans = { ...LOCAL, login: { ...LOCAL.login, needsLogin } }
  const replies: string[] = []
  const expected: Expected = { replies, end: 'open', raw: '', left: 0, longest: 0 }
  for (let at = 0; at < text.length;) {
    const read = readRequest(text, at, !client.isAuthenticated)
    if (read === 'refused') expected.end = 'refused'
    if (typeof read === 'string') {
      expected.left = text.length - at
      break
    }
    expected.longest = Math.max(expected.longest, read.next - at)
    const outcome = read.words.length === 0 ? undefined : answer(read.words, client, means)
    if (outcome?.end === 'raw') {
      expected.raw = read.isInline ? encodeWire(read.words) + text.slice(read.next) : text.slice(at)
    } else if (outcome !== undefined) replies.push(outcome.reply)
    expected.end = outcome?.end ?? 'open'
    if (expected.end !== 'open') break
    at = read.next
  }
  return expected
}

interface Answer {
  readonly reply: string
  readonly end?: 'raw' | 'quit'
}

const RAW: Answer = { reply: '', end: 'raw' }

function answer(words: readonly string[], client: Shadow, means: LocalMeans): Answer {
  const name = Buffer.from(words[0] ?? '', 'latin1')
  const facts = TABLE.find(name, 0, name.length)
  const { kind } = facts
  const node: Answer = { reply: nodeReply(words) }
  if (!client.isAuthenticated && (kind !== 'local' || facts.name === 'client')) return { reply: encode(NO_LOGIN, client.version) }
  const isAlone = words.length === 1
  if (client.isInMulti && facts.name !== 'quit' && facts.name !== 'reset') {
    if (['raw', 'select', 'local', 'refused'].includes(kind)) return RAW
    if (isAlone && (facts.name === 'exec' || facts.name === 'discard')) {
      client.isInMulti = false
      client.isWatching = false
    }
    return node
  }
  switch (kind) {
    case 'raw': return RAW
    case 'script': return words[1]?.toUpperCase() === 'DEBUG' ? RAW : node
    case 'refused': return { reply: encode(error(`ERR ${facts.name.toUpperCase()} is for replicas: the proxy does not pass it on`), 2) }
    case 'multi':
      client.isInMulti = true
      return node
    case 'watch':
      client.isWatching = true
      return node
    case 'unwatch':
      if (!client.isWatching) return { reply: '+OK\r\n' }
      client.isWatching = !isAlone
      return node
    case 'select':
      if (isDatabase(words) && node.reply.startsWith('+')) client.database = Number(words[1])
      return node
    case 'local': return local(words, client, means)
    default: return node
  }
}

function local(words: readonly string[], client: Shadow, means: LocalMeans): Answer {
  if (words[0]?.toLowerCase() === 'hello' && client.isWatching) return RAW
  const outcome = runLocal(words.slice(0, 64), client, means)
  switch (outcome.kind) {
    case 'reply': return { reply: outcome.text }
    case 'raw': return RAW
    case 'master': return { reply: nodeReply(words) }
    case 'quit': return { reply: outcome.text, end: 'quit' }
    case 'reset':
      client.isInMulti = false
      client.isWatching = false
      return { reply: outcome.text }
  }
}

/** A request with words that are bytes, one character each. */
export function encodeWire(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`
}
