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
      secrets: DEFAULT_EXTENSIONS.secrets,
    })
  })

  it('have every key of the file', () => {
    expect(settingsOf(
      '\uFEFF[http]', 'listen = [::1]:26380', 'token-file=token', 'allowed-hosts = a.example, *.b.example  *', '', '[log]', 'format = json', '[webhook.Ops_1]\r',
      'url = https://example.com/a?b=c', 'events = +switch-master, -failover-abort-*  +tilt', 'secret = "a#b;c=d"', 'timeout = 60', 'retries = 0', '[protection]', 'crash-detection = 200',
    )).toEqual({
      http: { host: '::1', port: 26380, token: { kind: 'file', path: 'token', line: 3 }, actionsToken: undefined, allowedHosts: ['a.example', '*.b.example', '*'] },
      log: { format: 'json' },
      webhooks: [{
        name: 'Ops_1', url: 'https://example.com/a?b=c', events: ['+switch-master', '-failover-abort-*', '+tilt'],
        secret: { kind: 'text', text: 'a#b;c=d' }, timeoutMs: 60_000, retries: 0,
      }],
      protection: { general: { ...PROTECTION_DEFAULTS, crashDetectionMs: 200 }, masters: new Map() },
      secrets: DEFAULT_EXTENSIONS.secrets,
    })
  })

  it('keep secrets as they were written', () => {
    for (const [written, read] of [
      ['true', 'true'], ['0012', '0012'], ['\'0012\'', '0012'], ['\'12\'', '12'], ['"12"', '12'], ['a=b', 'a=b'], ['a b', 'a b'], [String.raw`a\#b`, 'a#b'],
    ] as const) {
      expect(settingsOf('[http]', 'listen = 127.0.0.1:1', `token = ${written}`).http?.token).toEqual({ kind: 'text', text: read })
    }
  })

  it('name the file or the variable of each password', () => {
    expect(settingsOf(
      '[secrets]', 'requirepass-file = r', 'sentinel-pass-env = SENTINEL', 'auth-pass-file = a', 'tls-key-file-pass-file = t',
      'tls-client-key-file-pass-env = _C1', '[master m]', 'auth-pass-env = M', '[master n]', 'witnesses = yes',
    ).secrets).toEqual({
      requirepass: { kind: 'file', path: 'r', line: 2 },
      sentinelPass: { kind: 'env', variable: 'SENTINEL', line: 3 },
      authPass: { kind: 'file', path: 'a', line: 4 },
      authPassOf: new Map([['m', { kind: 'env', variable: 'M', line: 8 }]]),
      tlsKeyFilePass: { kind: 'file', path: 't', line: 5 },
      tlsClientKeyFilePass: { kind: 'env', variable: '_C1', line: 6 },
    })
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
    expect(general).toEqual({ crashDetectionMs: 200, emptyMaster: 'off', witnesses: true, witnessMaxMs: 60_000, placement: PROTECTION_DEFAULTS.placement })
    expect(Object.fromEntries(masters)).toEqual({
      'eu.orders-1': { ...general, crashDetectionMs: undefined, emptyMaster: 'report' },
      'other': { ...general, witnesses: false },
    })
  })

  it('have zones and the limit of the lag for one master, where nodes are named by address or by name', () => {
    const { placement } = settingsOf(
      '[master a]', 'prefer-zone = eu-1a', 'never-promote-in = eu-1b, us-1  us-2', 'max-lag-bytes = 1048576',
      'max-lag-strict = yes', 'zone.10.0.0.1:6379 = eu-1a', 'zone.[2001:db8::1]:6380 = "eu-1b"', 'zone.r1.example.com:6379 = us-1',
    ).protection.masters.get('a') ?? PROTECTION_DEFAULTS
    expect(placement).toEqual({
      preferZone: 'eu-1a', neverPromoteIn: ['eu-1b', 'us-1', 'us-2'], maxLagBytes: 1_048_576, isLagStrict: true,
      zones: [
        { host: '10.0.0.1', port: 6379, zone: 'eu-1a' }, { host: '2001:db8::1', port: 6380, zone: 'eu-1b' },
        { host: 'r1.example.com', port: 6379, zone: 'us-1' },
      ],
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
    [['listen = 127.0.0.1:1'], "1: 'listen' is before the first section. The sections are [http], [log], [webhook.<name>], [secrets], [protection], [master <name>]."],
    [['[htttp]', 'listen = x'], '1: There is no section [htttp]. The sections are [http], [log], [webhook.<name>], [secrets], [protection], [master <name>].'],
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
    [['[secrets]', 'auth-pass = x'], "2: [secrets] has no key 'auth-pass'. Its keys are requirepass-file, "],
    [['[secrets]', 'auth-pass-file = x', 'auth-pass-env = X'], '3: Both auth-pass-file and auth-pass-env are set.'],
    [['[secrets]', 'requirepass-env = my secret'], '2: requirepass-env must be the name of an environment variable'],
    [['[master a]', 'auth-pass-env = 1A'], '2: auth-pass-env must be the name of an environment variable'],
    [['[protection.x]'], '1: There is no section [protection.x].'],
    [['[master]'], '1: There is no section [master].'],
    [['[master.a]'], '1: There is no section [master.a].'],
    [['[master a b]'], '1: There is no section [master a b].'],
    [['[master a]', 'witness-max = x'], "2: 'x' is not a time."],
    [['[master a]', 'quorum = 2'], "2: [master a] has no key 'quorum'. Its keys are crash-detection, empty-master, witnesses, witness-max, forget-dead-replicas-after, forget-dead-sentinels-after, auth-pass-file, auth-pass-env, prefer-zone,"],
    [['[protection]', 'prefer-zone = a'], "2: [protection] has no key 'prefer-zone'."],
    [['[protection]', 'zone.a:1 = a'], "2: [protection] has no key 'zone.a:1'."],
    [['[master a]', 'prefer-zone = a b'], "2: 'a b' is not a zone. Write one name"],
    [['[master a]', 'never-promote-in = ,'], "2: ',' is not a list of zones."],
    [['[master a]', 'never-promote-in = a b', 'prefer-zone = b'], "3: prefer-zone names 'b', and so does never-promote-in."],
    [['[master a]', 'max-lag-bytes = 1mb'], "2: '1mb' is not a number of bytes. Write a whole number from 0 to 9007199254740991."],
    [['[master a]', 'max-lag-bytes = 9007199254740993'], "2: '9007199254740993' is not a number of bytes."],
    [['[master a]', 'max-lag-bytes = 1', 'max-lag-strict = on'], "3: 'on' is not one of yes, no."],
    [['[master a]', 'max-lag-strict = yes'], '2: max-lag-strict has no effect without max-lag-bytes.'],
    [['[master a]', 'zone.10.0.0.1 = a'], "2: 'zone.10.0.0.1' does not name a node. Write zone.<host>:<port>, such as zone.10.0.0.5:6379"],
    [['[master a]', 'zone.::1:6379 = a'], "2: 'zone.::1:6379' does not name a node."],
    [['[master a]', 'zone.h:0 = a'], "2: 'zone.h:0' does not name a node."],
    [['[master a]', 'zone.<host:port> = a'], "2: 'zone.<host:port>' does not name a node."],
    [['[master a]', 'zone.h:1 = a', 'zone.h:1 = b'], "3: 'zone.h:1' was already set in line 2."],
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
    const oneOfTwo = examples.filter((line) => !/^(token|actions-token|secret|.*-?pass)-file =/.test(line))
    expect(settingsOf(...oneOfTwo).webhooks).toMatchObject([{ name: 'ops', timeoutMs: 5_000, retries: 5 }])
    expect(settingsOf(...oneOfTwo).http).toMatchObject({ port: 26380 })
  })
})
