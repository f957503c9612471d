/** What is different in two versions of ts-sentinel.ini and of the secrets that it names, in words without secrets. */
import type { IniEntry } from '../extensions/index.ts'
import type { Extensions, HttpTokens } from './extensions-file.ts'
import { iniChanges, type IniChange } from './ini-changes.ts'
import type { Secrets } from './secrets.ts'

export interface ExtensionChanges {
  /** What takes effect at once. */
  readonly now: readonly string[]
  /** What takes effect at the next start. */
  readonly later: readonly string[]
  /** What HTTP requests must carry from now on; undefined: as before. */
  readonly tokens: HttpTokens | undefined
}

/** Sections that take effect at once. */
const LIVE_SECTIONS: ReadonlySet<IniEntry['kind']> = new Set(['secrets', 'protection', 'master'])

/** The keys of each token in [http]. */
const TOKEN_KEYS: Readonly<Record<keyof HttpTokens, readonly string[]>> = {
  token: ['token', 'token-file'], actionsToken: ['actions-token', 'actions-token-file'],
}
const TOKENS = ['token', 'actionsToken'] as const

export function extensionChanges(before: Extensions, after: Extensions): ExtensionChanges {
  const changes = iniChanges(before.entries, after.entries)
  const isOf = ({ kind, key }: IniChange, token: keyof HttpTokens) => kind === 'http' && TOKEN_KEYS[token].includes(key)
  const isToken = (change: IniChange) => TOKENS.some((token) => isOf(change, token))
  // A token may be removed because HTTP will listen elsewhere: the two belong together.
  const isLive = before.http !== undefined && after.http !== undefined
    && changes.every((change) => change.kind !== 'http' || isToken(change))
  const newTokens = TOKENS.filter((token) => before.http?.[token] !== after.http?.[token])
  const takesEffect = (change: IniChange) => LIVE_SECTIONS.has(change.kind) || (isLive && isToken(change))
  const unnamed = newTokens.filter((token) => !changes.some((change) => isOf(change, token)))
  return {
    now: [
      ...changes.filter(takesEffect).map(({ text }) => text),
      ...passwordLines(before.secrets, after.secrets),
      ...tlsLines(before.secrets, after.secrets),
      ...isLive ? unnamed.map((token) => `[http] ${TOKEN_KEYS[token][0]}: its file changed`) : [],
    ],
    later: [
      ...changes.filter((change) => !takesEffect(change)).map(({ text }) => text), ...webhookLines(before, after),
    ],
    tokens: isLive && newTokens.length > 0 ? after.http : undefined,
  }
}

function passwordLines(before: Secrets, after: Secrets): string[] {
  const masters = [...new Set([...before.authPassOf.keys(), ...after.authPassOf.keys()])]
  return [
    ...before.requirepass === after.requirepass ? [] : ['the secret requirepass changed'],
    ...before.sentinelPass === after.sentinelPass ? [] : ['the secret sentinel-pass changed'],
    ...before.authPass === after.authPass ? [] : ['the secret auth-pass changed'],
    ...masters.filter((name) => before.authPassOf.get(name) !== after.authPassOf.get(name))
      .map((name) => `the secret auth-pass of ${name} changed`),
  ]
}

/** The keys are read again with them. */
function tlsLines(before: Secrets, after: Secrets): string[] {
  return [
    ...before.tlsKeyFilePass === after.tlsKeyFilePass ? [] : ['the secret tls-key-file-pass changed'],
    ...before.tlsClientKeyFilePass === after.tlsClientKeyFilePass ? [] : ['the secret tls-client-key-file-pass changed'],
  ]
}

/** Secrets of webhooks whose files changed. */
function webhookLines(before: Extensions, after: Extensions): string[] {
  const known = new Map(before.webhooks.map(({ name, secret }) => [name, secret]))
  return after.webhooks.filter(({ name, secret }) => known.has(name) && known.get(name) !== secret)
    .map(({ name }) => `the secret of the webhook ${name} changed`)
}
