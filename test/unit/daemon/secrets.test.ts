/** Passwords from files and variables: what is read, what is refused, and that no file is written with them. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { LoadedConfig } from '../../../src/config/index.ts'
import { initialDurable, initialSettings } from '../../../src/core/index.ts'
import { loadExtensions, type Extensions } from '../../../src/daemon/extensions-file.ts'
import { configWithSecrets, NO_SECRETS, overriddenLines, settingsWithSecrets } from '../../../src/daemon/secrets.ts'
import { settingsOf } from './settings-of.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'secrets-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

async function load(lines: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  writeFileSync(join(folder, 'ts-sentinel.ini'), lines.join('\n'), { mode: 0o600 })
  return loadExtensions({ settingsPath: undefined, startDirectory: '/', configFile: join(folder, 'sentinel.conf'), environment })
}

async function secretsOf(...given: Parameters<typeof load>): Promise<Extensions['secrets']> {
  const loaded = await load(...given)
  if (!loaded.ok) throw new Error(loaded.text)
  return loaded.extensions.secrets
}

async function problemOf(...given: Parameters<typeof load>): Promise<string> {
  const loaded = await load(...given)
  return loaded.ok ? '' : loaded.text
}

function secretFile(name: string, text: string | Uint8Array): void {
  writeFileSync(join(folder, name), text, { mode: 0o600 })
}

describe('a secret', () => {
  it.each([
    ['word\n', 'word'], ['word\r\n', 'word'], ['word', 'word'], [' two words ', ' two words '], ['"quoted"', '"quoted"'],
    ['#hash;\n', '#hash;'], ['p\u00e4ss\n', 'p\u00e4ss'],
  ])('is the line of its file: %j', async (text, secret) => {
    secretFile('one', text)
    expect(await secretsOf(['[secrets]', 'auth-pass-file = one'])).toMatchObject({ authPass: secret })
  })

  it('keeps bytes that are no UTF-8', async () => {
    secretFile('one', Uint8Array.from([0x61, 0xff, 0x0a]))
    expect(await secretsOf(['[secrets]', 'auth-pass-file = one'])).toMatchObject({ authPass: 'a\udcff' })
  })

  it('may be in a variable, and may be for one master', async () => {
    secretFile('one', 'of all\n')
    const lines = ['[secrets]', 'sentinel-pass-env = S', 'auth-pass-file = one', '[master m]', 'auth-pass-env = M']
    expect(await secretsOf(lines, { S: 'peers\n', M: 'of m' })).toEqual({
      ...NO_SECRETS, sentinelPass: 'peers', authPass: 'of all', authPassOf: new Map([['m', 'of m']]),
    })
  })

  it.each([
    ['no-such', undefined, ':2: %/no-such cannot be read: No such file or directory'],
    ['one', '', ':2: %/one must have one line, which is the secret'],
    ['one', '\n', ':2: %/one must have one line'],
    ['one', 'hidden\nlines\n', ':2: %/one must have one line'],
  ])('that is missing or no line stops the start and is not shown: %s %j', async (name, text, problem) => {
    if (text !== undefined) secretFile(name, text)
    const refusal = await problemOf(['[secrets]', `requirepass-file = ${name}`])
    expect(refusal).toContain(`ts-sentinel.ini${problem.replace('%', folder)}`)
    expect(refusal).not.toContain('hidden')
  })

  it('in a variable that is not set or empty stops the start', async () => {
    const lines = ['[secrets]', 'requirepass-env = GONE', 'auth-pass-env = EMPTY']
    const refusal = await problemOf(lines, { EMPTY: '' })
    expect(refusal).toContain(':2: the environment variable GONE is not set')
    expect(refusal).toContain(':3: the environment variable EMPTY must have one line, which is the secret')
  })

  it('that all users can read is reported', async () => {
    secretFile('one', 'word')
    chmodSync(join(folder, 'one'), 0o644)
    const loaded = await load(['[secrets]', 'auth-pass-file = one', 'sentinel-pass-file = one'])
    expect(loaded).toMatchObject({ extensions: { openFiles: [join(folder, 'one')] } })
  })
})

describe('the configuration with secrets', () => {
  const SECRETS = {
    requirepass: 'R', sentinelPass: 'S', authPass: 'A', authPassOf: new Map([['m', 'M']]), tlsKeyFilePass: 'T',
    tlsClientKeyFilePass: 'C',
  }

  function configOf(text: string, authPass?: string): LoadedConfig {
    const settings = { ...initialSettings(2), authPass }
    const master = { host: '10.0.0.1', port: 6379, settings, configEpoch: 0n, leaderEpoch: 0n, replicas: [], sentinels: [] }
    const masters = [{ ...master, name: 'm' }, { ...master, name: 'n' }]
    const saved = { path: '/x/sentinel.conf', state: undefined, restored: undefined, backups: [], isDue: false }
    return { settings: settingsOf(text), durable: { ...initialDurable(''), masters }, configFile: saved.path, saved }
  }

  it('has each of them in the place of its line', () => {
    const { settings, durable } = configWithSecrets(configOf('requirepass old', 'old'), SECRETS)
    expect(settings).toMatchObject({ requirepass: 'R', tls: { keyFilePass: 'T', clientKeyFilePass: 'C' } })
    expect(durable).toMatchObject({
      sentinelPass: 'S', masters: [{ settings: { authPass: 'M' } }, { settings: { authPass: 'A' } }],
    })
  })

  it('keeps the values that a save writes', () => {
    const settings = settingsOf('requirepass old')
    expect(settingsWithSecrets(settings, SECRETS).values).toBe(settings.values)
    expect(settingsWithSecrets(settings, NO_SECRETS)).toEqual(settings)
  })

  it('names the lines of sentinel.conf that have no effect', () => {
    expect(overriddenLines(configOf('requirepass old', 'old'), SECRETS).map((line) => /'(.*?)'/.exec(line)?.[1]))
      .toEqual(['requirepass', 'sentinel auth-pass m', 'sentinel auth-pass n'])
    expect(overriddenLines(configOf(''), SECRETS)).toEqual([])
    expect(overriddenLines(configOf('requirepass old', 'old'), NO_SECRETS)).toEqual([])
  })

  it('warns where a user line has priority over requirepass', () => {
    expect(overriddenLines(configOf('user default on nopass ~* &* +@all'), SECRETS))
      .toEqual([expect.stringContaining('is not the password of clients') as string])
  })
})
