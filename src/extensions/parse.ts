/** Converts the text of ts-sentinel.ini to settings, or returns everything that is wrong with it. */
import { entriesOf, type IniEntry } from './entries.ts'
import { readLines, sectionTitle, type Entry, type Problem, type Section } from './lines.ts'
import { readProtection, withDefaults, type GivenProtection } from './protection.ts'
import { outsideSecret, readSecrets } from './secrets.ts'
import {
  DEFAULT_EXTENSIONS, WEBHOOK_DEFAULTS, type ExtensionSettings, type HttpSettings, type OutsideSecret, type Secret,
  type WebhookSettings,
} from './settings.ts'

export type ParseResult =
  | { readonly ok: true, readonly settings: ExtensionSettings, readonly entries: readonly IniEntry[] }
  /** At least one problem, in the order of the lines. */
  | { readonly ok: false, readonly problems: readonly Problem[] }

export interface ParseOptions {
  /** Whether the pattern matches the name of an event. */
  readonly isEventPattern: (pattern: string) => boolean
}

/** Each webhook has a queue of its own; more of them than this are most likely a mistake. */
const WEBHOOKS_MAX = 16

/** Longest time limit of a request: while one waits, all later events of the webhook wait too. */
const TIMEOUT_SECONDS_MAX = 60
const RETRIES_MAX = 20

const HOST_PATTERN = /^(?:\*|(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?)$/i

export function parseExtensions(text: string, { isEventPattern }: ParseOptions): ParseResult {
  const { sections, problems: lineProblems } = readLines(text)
  const reader = new SectionReader(isEventPattern)
  let settings: ExtensionSettings = DEFAULT_EXTENSIONS
  const refuse = (line: number, text: string) => reader.refuse(line, text)
  let general: GivenProtection = {}
  const masters = new Map<string, GivenProtection>()
  const authPassOf = new Map<string, OutsideSecret>()
  for (const section of sections) {
    switch (section.kind) {
      case 'http':
        settings = { ...settings, http: reader.http(section) }
        break
      case 'log':
        settings = { ...settings, log: { format: reader.format(section) } }
        break
      case 'protection':
        general = readProtection(section, refuse)
        break
      case 'master': {
        masters.set(section.name, readProtection(section, refuse))
        const authPass = outsideSecret(section, 'auth-pass', refuse)
        if (authPass !== undefined) authPassOf.set(section.name, authPass)
        break
      }
      case 'secrets':
        settings = { ...settings, secrets: { ...readSecrets(section, refuse), authPassOf } }
        break
      case 'webhook':
        settings = { ...settings, webhooks: [...settings.webhooks, ...reader.webhook(section)] }
        if (settings.webhooks.length === WEBHOOKS_MAX + 1) {
          reader.refuse(section.line, `There are more than ${WEBHOOKS_MAX} webhooks. Send events to one that forwards them.`)
        }
    }
  }
  settings = { ...settings, protection: withDefaults(general, masters), secrets: { ...settings.secrets, authPassOf } }
  const problems = [...lineProblems, ...reader.problems].sort((one, other) => one.line - other.line)
  return problems.length === 0 ? { ok: true, settings, entries: entriesOf(sections) } : { ok: false, problems }
}

class SectionReader {
  readonly problems: Problem[] = []
  readonly #isEventPattern: ParseOptions['isEventPattern']

  constructor(isEventPattern: ParseOptions['isEventPattern']) {
    this.#isEventPattern = isEventPattern
  }

  refuse(line: number, text: string): undefined {
    this.problems.push({ line, text })
  }

  http(section: Section): HttpSettings | undefined {
    const listen = this.#required(section, 'listen', 'such as listen = 127.0.0.1:26380')
    const token = this.#secret(section, 'token')
    const actionsToken = this.#secret(section, 'actions-token')
    const address = listen && this.#listenAddress(listen)
    const allowedHosts = this.#hosts(section)
    return address && { ...address, token, actionsToken, allowedHosts }
  }

  format(section: Section): 'redis' | 'json' {
    const entry = section.entries.get('format')
    if (entry === undefined) return 'redis'
    if (entry.value === 'redis' || entry.value === 'json') return entry.value
    this.refuse(entry.line, `'${entry.value}' is not a log format. Write redis or json.`)
    return 'redis'
  }

  /** Returns an empty list when the section is wrong. */
  webhook(section: Section): WebhookSettings[] {
    const url = this.#required(section, 'url', 'such as url = https://alerts.example.com/sentinel')
    const events = this.#required(section, 'events', 'such as events = +switch-master -failover-abort-*')
    const secret = this.#secret(section, 'secret')
    const { timeoutSeconds, retries } = WEBHOOK_DEFAULTS
    const timeout = this.#number(section, 'timeout', { min: 1, max: TIMEOUT_SECONDS_MAX, standard: timeoutSeconds })
    const repeats = this.#number(section, 'retries', { min: 0, max: RETRIES_MAX, standard: retries })
    const address = url && this.#url(url)
    const patterns = events && this.#patterns(events)
    if (address === undefined || patterns === undefined) return []
    return [{ name: section.name, url: address, events: patterns, secret, timeoutMs: timeout * 1000, retries: repeats }]
  }

  #required(section: Section, key: string, example: string): Entry | undefined {
    const entry = section.entries.get(key)
    if (entry === undefined) this.refuse(section.line, `[${sectionTitle(section)}] needs the key ${key}, ${example}.`)
    return entry
  }

  #secret(section: Section, key: 'token' | 'actions-token' | 'secret'): Secret | undefined {
    const text = section.entries.get(key)
    const file = section.entries.get(`${key}-file`)
    if (text !== undefined && file !== undefined) {
      const second = Math.max(text.line, file.line)
      return this.refuse(second, `Both ${key} and ${key}-file are set. Remove one of the two.`)
    }
    if (file !== undefined) return { kind: 'file', path: file.value, line: file.line }
    return text === undefined ? undefined : { kind: 'text', text: text.value }
  }

  #listenAddress({ value, line }: Entry): { readonly host: string, readonly port: number } | undefined {
    const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value) ?? []
    const host = bracketed ?? plain
    const number = Number(port)
    const isGood = host !== undefined && /^[\w.*:%-]+$/.test(host) && (bracketed === undefined || bracketed.includes(':'))
      && (host === '*' || !host.includes('*')) && number >= 1 && number <= 65_535
    if (isGood) return { host, port: number }
    return this.refuse(line, `'${value}' is not an address to listen on. Write <address>:<port>, such as 127.0.0.1:26380, `
      + '[::1]:26380, or *:26380 for all addresses.')
  }

  #hosts(section: Section): readonly string[] {
    const entry = section.entries.get('allowed-hosts')
    const names = entry?.value.split(/[\s,]+/).filter((name) => name !== '') ?? []
    const odd = names.find((name) => !HOST_PATTERN.test(name))
    if (entry !== undefined && odd !== undefined) {
      this.refuse(entry.line, `'${odd}' is not a host name. Write names without a port, such as sentinel-1.example.com, `
      + '*.example.com for all names below a domain, or * for every name.')
    }
    return names
  }

  #url({ value, line }: Entry): string | undefined {
    const url = URL.canParse(value) ? new URL(value) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      return this.refuse(line, `'${value}' is not the URL of a webhook. Write http://… or https://…`)
    }
    if (url.username !== '' || url.password !== '') {
      return this.refuse(line, 'The url holds a user or a password. Use secret, which signs the requests.')
    }
    return url.href
  }

  #patterns({ value, line }: Entry): readonly string[] | undefined {
    const patterns = value.split(/[\s,]+/).filter((word) => word !== '')
    const unknown = patterns.find((pattern) => !this.#isEventPattern(pattern))
    if (unknown === undefined && patterns.length > 0) return patterns
    return this.refuse(line, `No event has a name that matches '${unknown ?? value}'. Names are such as +switch-master, `
      + 'patterns such as +failover-* or *.')
  }

  #number(
    section: Section, key: string, { min, max, standard }: Readonly<Record<'min' | 'max' | 'standard', number>>,
  ): number {
    const entry = section.entries.get(key)
    if (entry === undefined) return standard
    const value = /^\d{1,6}$/.test(entry.value) ? Number(entry.value) : Number.NaN
    if (value >= min && value <= max) return value
    this.refuse(entry.line, `'${entry.value}' is not a value for ${key}. Write a whole number from ${min} to ${max}.`)
    return standard
  }
}
