/** The command of an action, from the JSON of its body. The command itself checks the values. */
import type { ActionName } from './json.ts'
import type { OrderName } from './world.ts'

export interface Order {
  readonly name: OrderName
  /** The words after the subcommand. */
  readonly words: readonly string[]
}

/** The keys of each body with the types of their values, as conf/schema has them. */
const KEYS: Readonly<Record<ActionName, Readonly<Record<string, 'string' | 'number'>>>> = {
  failover: {},
  switchover: { to: 'string', timeoutMs: 'number' },
  pause: { durationMs: 'number', reason: 'string' },
  resume: {},
  forget: { kind: 'string', which: 'string' },
}

type Body = Readonly<Record<string, string | number>>

/** The order, or what is wrong with the body. */
export function orderOf(master: string, action: ActionName, text: string): Order | string {
  const body = readBody(text, KEYS[action])
  if (typeof body === 'string') return body
  switch (action) {
    case 'failover':
    case 'resume':
      return { name: action, words: [master] }
    case 'switchover':
      return switchover(master, body)
    case 'pause':
      if (body['durationMs'] === undefined) return 'durationMs, the duration of the pause in milliseconds, is missing.'
      return { name: 'pause', words: [master, 'FOR', wordOf(body, 'durationMs'), ...optional('REASON', body, 'reason')] }
    case 'forget':
      return forget(master, body)
  }
}

function readBody(text: string, keys: (typeof KEYS)[ActionName]): Body | string {
  let value: unknown
  try {
    value = text === '' ? {} : JSON.parse(text)
  } catch {
    return 'The body is not JSON.'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'The body is not a JSON object.'
  const wrong = Object.entries(value).find(([key, part]) => !Object.hasOwn(keys, key) || typeof part !== keys[key])
  if (wrong === undefined) return value as Body
  const known = Object.entries(keys).map(([key, type]) => `${key} (${type})`).join(', ')
  const [name, part] = wrong.map((one) => JSON.stringify(one))
  return `The body may have ${known === '' ? 'no key' : `the keys ${known}`}, not ${name ?? ''}: ${part ?? ''}.`
}

function switchover(master: string, body: Body): Order | string {
  const to = body['to'] === undefined ? [] : addressOf(wordOf(body, 'to'))
  if (to === undefined) return 'to must be <host>:<port>.'
  const target = to.length === 0 ? [] : ['TO', ...to]
  return { name: 'failover', words: [master, 'COORDINATED', ...target, ...optional('TIMEOUT', body, 'timeoutMs')] }
}

function forget(master: string, body: Body): Order | string {
  const [kind, which] = [wordOf(body, 'kind'), wordOf(body, 'which')]
  if (kind !== 'replica' && kind !== 'sentinel') return 'kind must be "replica" or "sentinel".'
  const address = addressOf(which)
  if (address !== undefined) return { name: 'forget', words: [master, kind.toUpperCase(), ...address] }
  if (kind === 'sentinel' && /^[0-9a-f]{40}$/.test(which)) return { name: 'forget', words: [master, 'SENTINEL', which] }
  return `which must be <host>:<port>${kind === 'sentinel' ? ', or the id of the sentinel' : ''}.`
}

function wordOf(body: Body, key: string): string {
  return String(body[key] ?? '')
}

function optional(word: string, body: Body, key: string): string[] {
  return body[key] === undefined || body[key] === '' ? [] : [word, wordOf(body, key)]
}

/** Host and port of `host:port` or `[v6]:port`. */
function addressOf(text: string): [host: string, port: string] | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]\s]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  return host === undefined || port === undefined ? undefined : [host, port]
}
