/** ts-sentinel.ini: what it may hold, and that every mistake is named with its line and what to do. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { DEFAULT_PROTECTION, globMatch } from '../../../src/core/index.ts'
import { CATALOG } from '../../../src/events/index.ts'
import { DEFAULT_EXTENSIONS, parseExtensions, PROTECTION_DEFAULTS, SECTION_FORMS, SECTION_KEYS } from '../../../src/extensions/index.ts'

const isEventPattern = (pattern: string) => Object.keys(CATALOG).some((name) => globMatch(pattern, name))

function settingsOf(...lines: string[]) {
  const parsed = parseExtensions(lines.join('\n'), { isEventPattern })
  if (!parsed.ok) throw new Error(parsed.problems.map(({ line, text }) => `${line}: ${text}`).join('\n'))
  return parsed.settings
}

function problemsOf(...lines: string[]): string[] {
  const parsed = parseExtensions(lines.join('\n'), { isEventPattern })
  return parsed.ok ? [] : parsed.problems.map(({ line, text }) => `${line}: ${text}`)
}

const WEBHOOK = ['[webhook.ops]', 'url = http://127.0.0.1/x', 'events = *']

describe('the settings of ts-sentinel.ini', () => {
  it('turn nothing on in an empty file', () => {
    expect(settingsOf('', '# [http]', '; x')).toEqual(DEFAULT_EXTENSIONS)
    expect(settingsOf()).toEqual({
      http: undefined, log: { format: 'redis' }, webhooks: [], protection: { general: PROTECTION_DEFAULTS, masters: new Map() },
    })
  })

  it('have every key of the file', () => {
    expect(settingsOf(
      '\uFEFF[http]', 'listen = [::1]:26380', 'token-file=token', 'allowed-hosts = a.example, *.b.example  *', '', '[log]', 'format = json', '[webhook.Ops_1]\r',
      'url = https://example.com/a?b=c', 'events = +switch-master, -failover-abort-*  +tilt', 'secret = "a#b;c=d"', 'timeout = 60', 'retries = 0', '[protection]', 'crash-detection = 200',
    )).toEqual({
      http: { host: '::1', port: 26380, token: { kind: 'file', path: 'token', line: 3 }, allowedHosts: ['a.example', '*.b.example', '*'] },
      log: { format: 'json' },
      webhooks: [{
        name: 'Ops_1', url: 'https://example.com/a?b=c', events: ['+switch-master', '-failover-abort-*', '+tilt'],
        secret: { kind: 'text', text: 'a#b;c=d' }, timeoutMs: 60_000, retries: 0,
      }],
      protection: { general: { ...PROTECTION_DEFAULTS, crashDetectionMs: 200 }, masters: new Map() },
    })
  })

  it('keep secrets as they were written', () => {
    for (const [written, read] of [
      ['true', 'true'], ['0012', '0012'], ['\'0012\'', '0012'], ['\'12\'', '12'], ['"12"', '12'], ['a=b', 'a=b'], ['a b', 'a b'], [String.raw`a\#b`, 'a#b'],
    ] as const) {
      expect(settingsOf('[http]', 'listen = 127.0.0.1:1', `token = ${written}`).http?.token).toEqual({ kind: 'text', text: read })
    }
  })

  it('have defaults for a webhook', () => {
    expect(settingsOf(...WEBHOOK).webhooks).toEqual([
      { name: 'ops', url: 'http://127.0.0.1/x', events: ['*'], secret: undefined, timeoutMs: 5_000, retries: 5 },
    ])
  })

  it('hold for every master in [protection], and for one in its own section, wherever that is', () => {
    const { general, masters } = settingsOf(
      '[master eu.orders-1]', 'crash-detection = off', 'empty-master = report', '[protection]', 'crash-detection = 200',
      'empty-master = off', 'witnesses = yes', 'witness-max = 60000', '[master  other]', 'witnesses = no',
    ).protection
    expect(general).toEqual({ crashDetectionMs: 200, emptyMaster: 'off', witnesses: true, witnessMaxMs: 60_000 })
    expect(Object.fromEntries(masters)).toEqual({
      'eu.orders-1': { ...general, crashDetectionMs: undefined, emptyMaster: 'report' },
      'other': { ...general, witnesses: false },
    })
  })

  it('have the defaults of the core for protection', () => {
    expect(PROTECTION_DEFAULTS).toEqual(DEFAULT_PROTECTION)
  })

  it.each([['127.0.0.1:26380', '127.0.0.1'], ['*:26380', '*'], ['localhost:26380', 'localhost'], ['0.0.0.0:26380', '0.0.0.0']])('accept the address %s', (listen, host) => {
    expect(settingsOf('[http]', `listen = ${listen}`).http).toMatchObject({ host, port: 26380 })
  })
})

describe('mistakes in ts-sentinel.ini', () => {
  it.each<[string[], string]>([
    [['listen = 127.0.0.1:1'], "1: 'listen' is before the first section. The sections are [http], [log], [webhook.<name>], [protection], [master <name>]."],
    [['[htttp]', 'listen = x'], '1: There is no section [htttp]. The sections are [http], [log], [webhook.<name>], [protection], [master <name>].'],
    [['[webhook]'], '1: There is no section [webhook]. The sections are'],
    [['[http.x]'], '1: There is no section [http.x]. The sections are'],
    [['[__proto__]'], '1: There is no section [__proto__].'],
    [['[http] # on'], "1: '[http] # on' is not a section header. Write it alone in its line, such as [http]."],
    [['[webhook.a b]'], "1: 'a b' cannot be the name of a webhook"],
    [['[log]', '', '[log]'], '3: [log] was already opened in line 1. Put the keys of both into one.'],
    [['[log]', 'fromat = json'], "2: [log] has no key 'fromat'. Its keys are format."],
    [['[log]', 'format[] = json'], "2: [log] has no key 'format[]'."],
    [['[log]', '__proto__ = json'], "2: [log] has no key '__proto__'."],
    [['[log]', 'format = json', 'format = json'], "3: 'format' was already set in line 2. Remove one of the two."],
    [['[log]', 'format'], "2: 'format' has no value. Write format = <value>, or remove the line."],
    [['[log]', 'format = # json'], "2: 'format' has no value."],
    [['[log]', 'format = JSON'], "2: 'JSON' is not a log format. Write redis or json."],
    [['[http]', 'token = x'], '1: [http] needs the key listen, such as listen = 127.0.0.1:26380.'],
    [['[http]', 'listen = 26380'], "2: '26380' is not an address to listen on. Write <address>:<port>"],
    [['[http]', 'listen = 127.0.0.1:0'], "2: '127.0.0.1:0' is not an address to listen on."],
    [['[http]', 'listen = 127.0.0.1:65536'], "2: '127.0.0.1:65536' is not an address to listen on."],
    [['[http]', 'listen = ::1:26380'], "2: '::1:26380' is not an address to listen on."],
    [['[http]', 'listen = http://x:1'], "2: 'http://x:1' is not an address to listen on."],
    [['[http]', 'listen = x:1', 'allowed-hosts = a b:1'], "3: 'b:1' is not a host name."],
    [['[http]', 'listen = *x:1'], "2: '*x:1' is not an address to listen on."],
    [['[http]', 'listen = x:1', 'token-file = a', 'token = b'], '4: Both token and token-file are set. Remove one of the two.'],
    [['[webhook.a]', 'events = *'], '1: [webhook.a] needs the key url, such as'],
    [['[webhook.a]', 'url = http://x/'], '1: [webhook.a] needs the key events, such as'],
    [['[webhook.a]', 'url = ftp://x/', 'events = *'], "2: 'ftp://x/' is not the URL of a webhook. Write http://… or https://…"],
    [['[webhook.a]', 'url = x', 'events = *'], "2: 'x' is not the URL of a webhook."],
    [['[webhook.a]', 'url = http://me:pw@x/', 'events = *'], '2: The url holds a user or a password. Use secret, which signs the requests.'],
    [['[webhook.a]', 'url = http://x/', 'events = +switch-mater'], "3: No event has a name that matches '+switch-mater'."],
    [['[webhook.a]', 'url = http://x/', 'events = ,'], "3: No event has a name that matches ','."],
    [[...WEBHOOK, 'timeout = 0'], "4: '0' is not a value for timeout. Write a whole number from 1 to 60."],
    [[...WEBHOOK, 'timeout = 5s'], "4: '5s' is not a value for timeout."],
    [[...WEBHOOK, 'retries = 21'], "4: '21' is not a value for retries. Write a whole number from 0 to 20."],
    [[...WEBHOOK, 'secret = a', 'secret-file = b'], '5: Both secret and secret-file are set.'],
    [['[protection]', 'crash-detection = 49'], "2: '49' is not a time. Write milliseconds from 50 to 60000, or off."],
    [['[protection]', 'crash-detection = 200ms'], "2: '200ms' is not a time."],
    [['[protection]', 'empty-master = yes'], "2: 'yes' is not one of promote, report, off. Write one of them."],
    [['[protection]', 'witnesses = true'], "2: 'true' is not one of yes, no."],
    [['[protection]', 'witness-max = 999'], "2: '999' is not a time. Write milliseconds from 1000 to 3600000."],
    [['[protection.x]'], '1: There is no section [protection.x].'],
    [['[master]'], '1: There is no section [master].'],
    [['[master.a]'], '1: There is no section [master.a].'],
    [['[master a b]'], '1: There is no section [master a b].'],
    [['[master a]', 'witness-max = x'], "2: 'x' is not a time."],
    [['[master a]', 'quorum = 2'], "2: [master a] has no key 'quorum'. Its keys are crash-detection, empty-master, witnesses, witness-max."],
    [['[master a]', '[master b]', '[master  a]'], '3: [master  a] was already opened in line 1.'],
  ])('are reported with file, line and reason: %j', (lines, problem) => {
    expect(problemsOf(...lines)).toEqual([expect.stringContaining(problem)])
  })

  it('are all reported, in the order of their lines', () => {
    expect(problemsOf('[log]', 'format = x', 'y = 1', '[http]').map((text) => text.slice(0, 2))).toEqual(['2:', '3:', '4:'])
  })

  it('are reported for too many webhooks, each of which has a queue', () => {
    const many = Array.from({ length: 20 }, (_, at) => [`[webhook.w${at}]`, ...WEBHOOK.slice(1)]).flat()
    expect(problemsOf(...many)).toEqual(['49: There are more than 16 webhooks. Send events to one that forwards them.'])
  })
})

describe('conf/ts-sentinel.ini', () => {
  const text = readFileSync(new URL('../../../conf/ts-sentinel.ini', import.meta.url), 'utf8')
  const examples = text.split('\n').filter((line) => /^# (\[|[a-z-]+ = )/.test(line)).map((line) => line.slice(2))

  it('turns nothing on', () => {
    expect(settingsOf(text)).toEqual(DEFAULT_EXTENSIONS)
  })

  it('has every section and every key, and its examples are good', () => {
    for (const form of SECTION_FORMS) expect(text).toContain(`# ${form.replace('<name>', 'ops')}\n`)
    for (const key of Object.values(SECTION_KEYS).flat()) expect(text).toMatch(new RegExp(`^# ${key} = \\S`, 'm'))
    const oneOfTwo = examples.filter((line) => !/^(token|secret)-file/.test(line))
    expect(settingsOf(...oneOfTwo).webhooks).toMatchObject([{ name: 'ops', timeoutMs: 5_000, retries: 5 }])
    expect(settingsOf(...oneOfTwo).http).toMatchObject({ port: 26380 })
  })
})
