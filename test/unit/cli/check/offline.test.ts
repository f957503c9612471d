/** What `check --offline` says of lines that the program loads as the original does, but that cannot work. */
import {
  chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'

import type { Finding } from '../../../../src/cli/check/finding.ts'
import { findingsOf } from '../../../../src/cli/check/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-offline-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

const GOOD = 'sentinel monitor m 10.0.0.1 6379 2'

const file = join(folder, 'sentinel.conf')
/** Lines of the file before those of a test. */
const LINES_BEFORE = 2

async function findings(...lines: readonly string[]): Promise<readonly Finding[]> {
  writeFileSync(file, ['port 22999', `dir ${folder}`, ...lines, ''].join('\n'))
  const found = await findingsOf({ file, offline: true, admin: undefined })
  if (typeof found === 'string') throw new Error(found)
  return found
}

async function codes(...lines: readonly string[]): Promise<string[]> {
  return (await findings(...lines)).map(({ code }) => code)
}

describe('the offline check of a state file', () => {
  const state = join(folder, 'state.conf')
  afterEach(() => { rmSync(state, { force: true }) })

  it('reads its lines, and names it with a wrong one', async () => {
    writeFileSync(state, 'sentinel monitor m 10.0.0.1 6379 2\nsentinel monitor n 10.0.0.9 6379 2\nport 1\n')
    const [found] = await findings(`sentinel state-config-file ${state}`)
    expect(found).toMatchObject({ code: 'not-loadable', where: `${state}:3` })
    expect(found?.what).toContain('Only sentinel lines are allowed in the state config file')
    writeFileSync(state, 'sentinel myid 1\n')
    expect(await findings(`sentinel state-config-file ${state}`)).toMatchObject([{ code: 'not-loadable', where: `${state}:1` }])
  })

  it('reports one that is the main file, and one whose folder is missing', async () => {
    for (const [path, why] of [[file, 'is the configuration file'], [join(folder, 'none/state'), 'does not exist']] as const) {
      const found = await findings(GOOD, `sentinel state-config-file ${path}`)
      expect(found).toMatchObject([{ code: 'not-loadable', what: expect.stringContaining(why) as string }])
    }
    symlinkSync(file, state)
    expect((await findings(GOOD, 'sentinel state-config-file state.conf'))[0]?.what).toContain('is the configuration file')
  })

  it.runIf(process.getuid?.() !== 0)('reports one that cannot be written, but not a main file that is read-only', async () => {
    writeFileSync(state, '')
    chmodSync(state, 0o400)
    expect((await findings(GOOD, `sentinel state-config-file ${state}`))[0]?.what).toContain('cannot be used: Permission denied')
  })

  it('reports secrets that all users can read, in both files', async () => {
    writeFileSync(state, 'sentinel monitor m 10.0.0.1 6379 2\nsentinel auth-pass m secret\n')
    const lines = [GOOD, 'sentinel down-after-milliseconds m 5000', `sentinel state-config-file ${state}`, 'requirepass secret']
    const open = async () => (await findings(...lines)).filter(({ code }) => code === 'secret-open').map(({ where }) => where)
    expect(await open()).toEqual([`${state}:2`, `${file}:6`])
    chmodSync(state, 0o600)
    expect(await open()).toEqual([`${file}:6`])
  })
})

describe('the offline check', () => {
  it('reports nothing about a good file', async () => {
    expect(await codes(GOOD, 'sentinel down-after-milliseconds m 5000', 'sentinel parallel-syncs m 1')).toEqual([])
  })

  it('reads witnesses in the settings file beside it', async () => {
    const settings = join(folder, 'ts-sentinel.ini')
    const lines = [GOOD, 'sentinel down-after-milliseconds m 5000', 'sentinel known-replica m 10.0.0.2 6379']
    writeFileSync(settings, '[protection]\nwitnesses = yes\nwitness-max = 3000\n')
    try {
      expect(await codes(...lines)).toEqual(['witness-max-short', 'witnesses-one-replica', 'witnesses-idle-master'])
      writeFileSync(settings, '[protection]\nwitnesses = yes\n')
      const wellDone = ['sentinel down-after-milliseconds m 15000', 'sentinel known-replica m 10.0.0.3 6379']
      expect(await codes(...lines, ...wellDone)).toEqual([])
      writeFileSync(settings, '[master m]\nwitnesses = no\n')
      expect(await codes(...lines)).toEqual([])
    } finally {
      rmSync(settings)
    }
  })

  it('reads zones in the settings file beside it', async () => {
    const settings = join(folder, 'ts-sentinel.ini')
    const lines = [GOOD, 'sentinel known-replica m 10.0.0.2 6379', 'sentinel known-replica m 2001:db8::3 6379']
    const zones = ['zone.10.0.0.1:6379 = a', 'zone.10.0.0.2:6379 = b', 'zone.[2001:DB8::3]:6379 = b']
    const write = (...keys: readonly string[]) => { writeFileSync(settings, ['[master m]', ...keys, ''].join('\n')) }
    try {
      write(...zones, 'prefer-zone = a', 'never-promote-in = c d')
      expect(await codes(...lines)).toEqual(['zone-without-nodes', 'zone-without-nodes'])
      write(...zones, 'never-promote-in = b', 'zone.10.0.0.9:6379 = b')
      expect(await codes(...lines)).toEqual(['zone-unknown-node', 'all-zones-excluded'])
      write(...zones, 'prefer-zone = b', 'never-promote-in = a')
      expect(await codes(...lines)).toEqual([])
      // The server of the other replica may report its zone.
      write('prefer-zone = x', 'zone.10.0.0.1:6379 = a', 'zone.10.0.0.2:6379 = b')
      expect(await codes(...lines)).toEqual([])
      // A file that no sentinel has written to yet.
      expect(await codes(GOOD)).toEqual([])
    } finally {
      rmSync(settings)
    }
  })

  it('reads crash-detection in the settings file beside it', async () => {
    const settings = join(folder, 'ts-sentinel.ini')
    const downAfter = (ms: number) => [GOOD, `sentinel down-after-milliseconds m ${ms}`]
    writeFileSync(settings, '[protection]\ncrash-detection = 5000\n')
    try {
      expect(await codes(...downAfter(5000))).toEqual(['crash-detection-late'])
      expect(await codes(...downAfter(5001))).toEqual([])
      writeFileSync(settings, '[master m]\ncrash-detection = 200\n')
      expect(await codes(...downAfter(2000))).toEqual(['crash-detection-little-gain'])
      expect(await codes(...downAfter(3000))).toEqual([])
      writeFileSync(settings, '[protection]\ncrash-detection = 200\n[master m]\ncrash-detection = off\n')
      expect(await codes(...downAfter(2000))).toEqual([])
    } finally {
      rmSync(settings)
    }
  })

  it('reads the secrets of the settings file beside it, and shows none', async () => {
    const settings = join(folder, 'ts-sentinel.ini')
    writeFileSync(settings, '[secrets]\nrequirepass-file = secret\nauth-pass-env = NO_SUCH_VARIABLE\n')
    try {
      expect((await findings(GOOD)).map(({ code, where }) => [code, where])).toEqual([
        ['settings-file', `${settings}:2`], ['secret-not-in-environment', `${settings}:3`],
      ])
      writeFileSync(settings, '[secrets]\nrequirepass-file = secret\n')
      writeFileSync(join(folder, 'secret'), 'hidden-word\n', { mode: 0o644 })
      const found = await findings(GOOD, 'protected-mode yes')
      expect(found.map(({ code, where }) => [code, where])).toEqual([['secret-open', join(folder, 'secret')]])
      expect(JSON.stringify(found)).not.toContain('hidden-word')
    } finally {
      rmSync(settings)
    }
  })

  it('writes IPv6 addresses with brackets', async () => {
    const twice = ['a', 'b'].map((id) => `sentinel known-sentinel m fe80::2 26379 ${id.repeat(40)}`)
    const found = await findings('sentinel monitor m ::1 6379 2', 'sentinel monitor n ::1 6379 2', ...twice)
    const text = found.map((one) => JSON.stringify(one)).join('\n')
    expect(text).toContain('n and m are monitored at the same address [::1]:6379')
    expect(text).toContain('the sentinel at [fe80::2]:26379 is known to m under two ids')
  })

  it.each([
    ['sentinel monitor m 10.0.0.1 tcp://10.0.0.1:6379 2'], ['sentinel monitor m 10.0.0.1 6379 2x'],
    [GOOD, 'sentinel down-after-milliseconds m 30s'], [GOOD, 'sentinel failover-timeout m 3min'],
    [GOOD, 'sentinel parallel-syncs m one'], [GOOD, 'sentinel announce-port x'],
    [GOOD, 'sentinel known-replica m 10.0.0.2 6379/tcp'], [GOOD, `sentinel known-sentinel m 10.0.0.2 26379x ${'b'.repeat(40)}`],
    [GOOD, 'sentinel config-epoch m 1e3'],
  ])('reports a value that is not a number: %s %s', async (...lines) => {
    expect(await codes(...lines)).toContain('not-a-number')
  })

  it.each([
    ['sentinel monitor m 10.0.0.1 0 2'], [GOOD, 'sentinel known-replica m 10.0.0.2 0'], [GOOD, 'sentinel parallel-syncs m 0'],
    [GOOD, 'sentinel announce-port 70000'],
  ])('reports a number out of range: %s %s', async (...lines) => {
    expect(await codes(...lines)).toContain('out-of-range')
  })

  it('reports a script that is a folder', async () => {
    expect(await codes(GOOD, `sentinel notification-script m ${folder}`)).toContain('script-not-a-file')
  })

  it('names the line of a known replica that is the master itself, once', async () => {
    for (const word of ['known-replica', 'known-slave']) {
      const found = await findings(GOOD, 'sentinel known-replica m 10.0.0.2 6379', `sentinel ${word} m 10.0.0.1 6379`)
      expect(found).toEqual([expect.objectContaining({
        level: 'error', code: 'master-as-replica', where: `${file}:${LINES_BEFORE + 3}`,
        what: expect.stringContaining('names the master of m itself (10.0.0.1:6379) as its replica') as string,
        todo: 'remove the line while the sentinel is stopped',
      })])
    }
  })

  it.each([
    ['sentinel known-replica m 10.0.0.2 6379', 'sentinel known-replica m 10.0.0.2 6379'],
    ['sentinel known-replica m 10.0.0.2 6379', 'SENTINEL known-slave m "10.0.0.2" 6379'],
    [`sentinel known-sentinel m 10.0.0.3 26379 ${'b'.repeat(40)}`, `sentinel known-sentinel m 10.0.0.3 26379 ${'b'.repeat(40)}`],
  ])('names the line that repeats an earlier one: %s, %s', async (first, second) => {
    const found = (await findings(GOOD, first, second)).filter(({ code }) => code === 'repeated-line')
    expect(found).toEqual([expect.objectContaining({
      level: 'warning', where: `${file}:${LINES_BEFORE + 3}`,
      what: expect.stringContaining('redis-sentinel does not start with such a file') as string,
    })])
  })

  it('names a repeated line in an included file', async () => {
    const included = join(folder, 'included.conf')
    writeFileSync(included, '# replicas\nsentinel known-replica m 10.0.0.2 6379\n')
    const found = await findings(GOOD, 'sentinel known-replica m 10.0.0.2 6379', `include ${included}`)
    expect(found.map(({ code, where }) => [code, where])).toEqual([['repeated-line', `${included}:2`]])
  })

  it.each([
    'sentinel current-epoch 9223372036854775807', 'sentinel config-epoch m 9223372036854775000',
    'sentinel leader-epoch m 18446744073709551615',
  ])('names the line whose epoch is too large for further elections, and the solution: %s', async (line) => {
    const found = await findings(GOOD, line)
    expect(found).toEqual([expect.objectContaining({
      level: 'error', code: 'exhausted-epoch', where: `${file}:${LINES_BEFORE + 2}`,
      what: expect.stringContaining(line) as string,
      todo: expect.stringContaining('stop all sentinels, set current-epoch, and config-epoch and leader-epoch of each master, to 1') as string,
    })])
    expect(await codes(GOOD, line.replace(/\d+$/, '4611686018427387904'))).toEqual([])
  })

  it('reports a host name that looks like a URL', async () => {
    expect(await codes('sentinel resolve-hostnames yes', 'sentinel monitor m tcp://redis 6379 2')).toContain('bad-address')
  })
})

describe('the offline check of the file of our own state', () => {
  const own = `${file}.ts-sentinel.json`
  afterEach(() => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true })
  })

  it.each([
    ['damaged', '{"version":1', 'is damaged (it is cut off or is not JSON)'],
    ['newer', '{"version":2}', 'was written by a newer ts-sentinel (it has version 2, and this program knows version 1)'],
  ])('names one that is %s, and changes nothing', async (kind, text, what) => {
    writeFileSync(own, text)
    const found = await findings(GOOD)
    expect(found.map(({ level, code, where }) => [level, code, where])).toEqual([['warning', `own-state-${kind}`, own]])
    expect(found[0]?.what).toContain(what)
    expect(readFileSync(own, 'utf8')).toBe(text)
  })

  it('names one that is no file', async () => {
    mkdirSync(own)
    expect(await codes(GOOD)).toEqual(['own-state-unreadable'])
  })

  it('advises to look at those that were set aside', async () => {
    for (const name of ['damaged-1', 'damaged-2', 'other']) writeFileSync(`${own}.${name}`, '')
    const found = await findings(GOOD)
    expect(found.map(({ level, code, where }) => [level, code, where])).toEqual([['advice', 'own-state-set-aside', `${own}.damaged-1`]])
    expect(found[0]?.what).toContain('and 1 more aside')
  })

  it('names a file of events that is none, or has lines that are none', async () => {
    const events = `${file}.ts-sentinel-events.jsonl`
    writeFileSync(events, 'shopping list')
    expect(await codes(GOOD)).toEqual(['events-damaged'])
    writeFileSync(events, '{"program":"ts-sentinel","content":"events","version":1}\n{}\n')
    expect((await findings(GOOD))[0]?.what).toContain('is damaged (line 2: event is not a text): the next start sets it aside, and its other events are used')
    writeFileSync(events, '{"program":"ts-sentinel","content":"events","version":1}\n')
    writeFileSync(`${events}.newer-1`, '')
    expect(await codes(GOOD)).toEqual(['events-set-aside'])
  })
})
