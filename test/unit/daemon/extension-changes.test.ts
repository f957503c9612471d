/** What a reload finds different in ts-sentinel.ini and the secrets, and when it takes effect. No secret is named. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { extensionChanges, type ExtensionChanges } from '../../../src/daemon/extension-changes.ts'
import { loadExtensions, type Extensions } from '../../../src/daemon/extensions-file.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'extension-changes-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

type Files = Readonly<Record<string, string>>

async function load(lines: readonly string[], files: Files = {}): Promise<Extensions> {
  for (const [name, text] of Object.entries({ ...files, 'ts-sentinel.ini': lines.join('\n') })) {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
  }
  const loaded = await loadExtensions({ settingsPath: undefined, startDirectory: '/', configFile: join(folder, 's.conf'), environment: {} })
  if (!loaded.ok) throw new Error(loaded.text)
  return loaded.extensions
}

async function changes(before: Parameters<typeof load>, after: Parameters<typeof load>): Promise<ExtensionChanges> {
  return extensionChanges(await load(...before), await load(...after))
}

const HTTP = ['[http]', 'listen = 127.0.0.1:1', 'token-file = token']
const NO_TOKEN = undefined

describe('changes of ts-sentinel.ini', () => {
  it('are none in the same file', async () => {
    const lines = ['[protection]', 'witnesses = yes', '[secrets]', 'auth-pass-file = a']
    expect(await changes([lines, { a: 'A' }], [['# more', ...lines], { a: 'A' }])).toEqual({ now: [], later: [], tokens: NO_TOKEN })
  })

  it('take effect at once for protection and masters', async () => {
    expect(await changes(
      [['[protection]', 'witnesses = yes', 'crash-detection = 200', '[master a]', 'witnesses = no']],
      [['[protection]', 'witnesses = no', '[master b]', 'empty-master = off']],
    )).toEqual({
      now: [
        '[protection] witnesses = no, before yes', '[master b] empty-master = off', '[protection] crash-detection removed',
        '[master a] witnesses removed',
      ],
      later: [], tokens: NO_TOKEN,
    })
  })

  it('take effect at the next start for the log and webhooks, whose secrets are not shown', async () => {
    const webhook = (secret: string) => [
      '[webhook.ops]', `url = http://127.0.0.1/${secret}`, 'events = *', `secret = ${secret}`,
    ]
    const found = await changes([webhook('one')], [[...webhook('two'), '[log]', 'format = json']])
    expect(found).toEqual({
      now: [], later: ['[webhook.ops] url changed', '[webhook.ops] secret changed', '[log] format = json', 'the secret of the webhook ops changed'],
      tokens: NO_TOKEN,
    })
  })

  it('of the HTTP token take effect at once, but not together with others of [http]', async () => {
    expect(await changes([HTTP, { token: 'one' }], [HTTP, { token: 'two' }])).toEqual({
      now: ['[http] token: its file changed'], later: [], tokens: expect.objectContaining({ token: 'two', actionsToken: undefined }) as unknown,
    })
    const elsewhere = ['[http]', 'listen = 127.0.0.1:2']
    expect(await changes([HTTP, { token: 'one' }], [elsewhere])).toEqual({
      now: [], later: ['[http] listen = 127.0.0.1:2, before 127.0.0.1:1', '[http] token-file removed'], tokens: NO_TOKEN,
    })
  })

  it('of the token for actions take effect at once, also where there was none or is none any more', async () => {
    const withActions = [...HTTP, 'actions-token-file = act']
    const tokens = (actionsToken: string | undefined) => expect.objectContaining({ token: 't', actionsToken }) as unknown
    expect(await changes([withActions, { token: 't', act: 'one' }], [withActions, { act: 'two' }])).toEqual({
      now: ['[http] actions-token: its file changed'], later: [], tokens: tokens('two'),
    })
    expect(await changes([HTTP, { token: 't' }], [[...HTTP, 'actions-token = word']])).toEqual({
      now: ['[http] actions-token changed'], later: [], tokens: tokens('word'),
    })
    expect(await changes([withActions, { token: 't', act: 'one' }], [HTTP])).toEqual({
      now: ['[http] actions-token-file removed'], later: [], tokens: tokens(undefined),
    })
  })

  it('of secrets are named without them', async () => {
    const lines = [
      '[secrets]', 'requirepass-file = r', 'sentinel-pass-file = s', 'auth-pass-file = a', 'tls-key-file-pass-file = t', '[master m]',
      'auth-pass-file = m',
    ]
    const files = (text: string): Files => Object.fromEntries([...'rsatm'].map((name) => [name, text]))
    expect(await changes([lines, files('one')], [lines, files('two')])).toEqual({
      now: [
        'the secret requirepass changed', 'the secret sentinel-pass changed', 'the secret auth-pass changed',
        'the secret auth-pass of m changed', 'the secret tls-key-file-pass changed',
      ],
      later: [],
      tokens: NO_TOKEN,
    })
  })
})
