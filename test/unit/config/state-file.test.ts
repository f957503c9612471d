/** `sentinel state-config-file`: docs/decisions/0057-state-config-file.md. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { rewriteState, type StateInput } from '../../../src/config/rewrite-state.ts'
import { stateRewriteProblem } from '../../../src/config/verify.ts'
import { FileConfigStore, type LoadedConfig } from '../../../src/config/index.ts'
import { initialSettings, type DurableMaster, type DurableState, type MasterSettings } from '../../../src/core/index.ts'
import { load, loadGood, type LoadTextOptions } from './load-text.ts'
import { A40, ID, lines } from './rewrite-text.ts'

const STATE = '/data/state.conf'
const MAIN = lines('port 41200', `sentinel state-config-file ${STATE}`, 'sentinel monitor mymaster 127.0.0.1 41290 2')

function loadBoth(main: string, state: string | undefined, options: LoadTextOptions = {}): LoadedConfig {
  return loadGood(main, { ...options, files: state === undefined ? {} : { [STATE]: state } })
}

function failureOf(main: string, state: string | undefined, options: LoadTextOptions = {}): string {
  const files = { ...options.files, ...state === undefined ? {} : { [STATE]: state } }
  const result = load(main, { ...options, files })
  if (result.ok) throw new Error('it loads')
  const { failure } = result
  return failure.kind === 'log' ? failure.text : `${failure.where?.stateFile ?? ''}:${failure.where?.number ?? ''} ${failure.reason}`
}

/** Saves in the state file and loads both files again. */
function saved(config: LoadedConfig, changes: Partial<DurableState>, current = ''): StateInput & { readonly text: string } {
  const { state } = config.saved
  if (state === undefined) throw new Error('no state file')
  const durable = { ...config.durable, myId: config.durable.myId || ID, ...changes }
  const names = durable.masters.map(({ name }) => name)
  const gone = state.main.masters.map(({ name }) => name).filter((name) => !names.includes(name))
  const ignored = new Set([...state.ignored, ...gone])
  const input = { current, durable, main: state.main, ignored }
  const text = rewriteState(input)
  expect(stateRewriteProblem(text, input)).toBeUndefined()
  return { ...input, text }
}

function only({ durable }: LoadedConfig): DurableMaster {
  const [master] = durable.masters
  if (master === undefined || durable.masters.length > 1) throw new Error('not one master')
  return master
}

function withSettings(config: LoadedConfig, settings: Partial<MasterSettings>): Partial<DurableState> {
  const master = only(config)
  return { masters: [{ ...master, settings: { ...master.settings, ...settings } }] }
}

describe('the place of the state file', () => {
  it('is relative to the working directory after all lines of the main file', () => {
    const { saved: { path } } = loadGood(lines('sentinel state-config-file state.conf', 'dir /tmp'))
    expect(path).toBe('/tmp/state.conf')
  })

  it('may be given on the command line, so that redis-sentinel can read the main file', () => {
    const config = loadGood(lines('port 41200'), { args: ['--sentinel', 'state-config-file', STATE] })
    expect([config.saved.path, config.configFile]).toEqual([STATE, '/data/s1/s.conf'])
  })

  it('is the main file where no line names another', () => {
    expect(loadGood('port 41200').saved).toMatchObject({ path: '/data/s1/s.conf', state: undefined, isDue: false })
  })

  it.each(['/data/s1/s.conf', 's.conf', '../s1/s.conf', './s.conf'])('cannot be the main file, written as %s', (path) => {
    expect(failureOf(lines(`sentinel state-config-file ${path}`), undefined)).toMatch(/is the configuration file \/data\/s1\/s\.conf itself/)
  })

  it('cannot be an included file', () => {
    expect(failureOf(lines('include more.conf', 'sentinel state-config-file more.conf'), undefined, { files: { 'more.conf': '' } }))
      .toContain('is the configuration file /data/s1/more.conf itself')
  })

  it.each(['aclfile', 'logfile', 'pidfile', 'unixsocket'])('cannot be the %s', (directive) => {
    const main = lines(`sentinel state-config-file ${STATE}`, `${directive} ../state.conf`)
    expect(failureOf(main, undefined)).toContain(`${STATE} is the ${directive}, too.`)
  })

  it.each([
    ['/nowhere/state.conf', 'its folder /nowhere does not exist'], ['/tmp', 'it is not a file'],
  ])('is refused with the reason: %s', (path, reason) => {
    expect(failureOf(lines(`sentinel state-config-file ${path}`), undefined))
      .toBe(`The sentinel state-config-file ${path} cannot be used: ${reason}. Exiting...`)
  })

  it('is refused where it cannot be written, while the main file need not be writable', () => {
    const readOnly = (text: string) => ({ text, mode: 0o444 })
    const refused = load(MAIN, { files: { [STATE]: readOnly('') } })
    expect(refused.ok).toBe(false)
    expect(load('', { files: { 's.conf': readOnly(MAIN), [STATE]: '' } }).ok).toBe(true)
  })

  it.each([
    ['', ':1 The path of the state config file is empty.'], ['a b', ':1 Unrecognized sentinel configuration statement.'],
  ])('is one path: "%s" is refused', (words, reason) => {
    expect(failureOf(lines(`sentinel state-config-file ${words || '""'}`), undefined)).toBe(reason)
  })
})

describe('the lines of the state file', () => {
  it('are sentinel lines alone, and a wrong one is named with the file', () => {
    expect(failureOf(MAIN, lines('# mine', 'port 1'))).toBe(`${STATE}:2 Only sentinel lines are allowed in the state config file`)
    expect(failureOf(MAIN, lines('sentinel foo bar'))).toBe(`${STATE}:1 Unrecognized sentinel configuration statement.`)
    expect(failureOf(MAIN, lines('sentinel myid "'))).toBe(`${STATE}:1 Unbalanced quotes in configuration line`)
    expect(failureOf(MAIN, lines(`sentinel state-config-file ${STATE}`))).toContain('not in itself')
    expect(failureOf(MAIN, lines('sentinel known-replica other 127.0.0.1 1'))).toContain('No such master with specified name.')
  })

  it('win over those of the main file', () => {
    const config = loadBoth(
      MAIN + lines(`sentinel myid ${A40}`, 'sentinel announce-port 1', 'sentinel down-after-milliseconds mymaster 100', 'sentinel auth-pass mymaster one'),
      lines(`sentinel myid ${ID}`, 'sentinel announce-port 2', 'sentinel monitor mymaster 127.0.0.1 41291 3', 'sentinel auth-pass mymaster two'),
    )
    expect(config.durable).toMatchObject({ myId: ID, announcePort: 2 })
    expect(only(config)).toMatchObject({ port: 41_291, settings: { quorum: 3, downAfterMs: 100, authPass: 'two' } })
  })

  it('may repeat lines of the main file in any order', () => {
    const repeated = [
      'sentinel monitor mymaster 127.0.0.1 41290 2', 'sentinel known-replica mymaster 127.0.0.1 41291',
      `sentinel known-sentinel mymaster 127.0.0.1 41201 ${A40}`, 'sentinel rename-command mymaster CONFIG cfg', 'sentinel current-epoch 3',
    ]
    const states = [repeated, repeated.toReversed(), repeated.slice(1), repeated.slice(1).toReversed()]
    const configs = states.map((state) => loadBoth(MAIN + lines(...repeated.slice(1)), lines(...state)))
    for (const config of configs) expect(config.durable).toEqual(configs[0]?.durable)
    expect(only(configs[0] ?? loadBoth(MAIN, ''))).toMatchObject({
      replicas: [{ port: 41_291 }], sentinels: [{ runId: A40 }], settings: { renamedCommands: [['CONFIG', 'cfg']] },
    })
    const both = load(MAIN + lines(...repeated.slice(1)), { files: { [STATE]: lines(...repeated) } })
    expect(both).toMatchObject({ ok: true, remarks: [] })
  })

  it('replace the known replicas and sentinels of a master that they monitor', () => {
    const config = loadBoth(
      MAIN + lines('sentinel known-replica mymaster 127.0.0.1 1', `sentinel known-sentinel mymaster 127.0.0.1 2 ${ID}`),
      lines('sentinel monitor mymaster 127.0.0.1 41290 2', 'sentinel known-replica mymaster 127.0.0.1 3', `sentinel known-sentinel mymaster 127.0.0.1 4 ${ID}`),
    )
    expect(only(config)).toMatchObject({ replicas: [{ port: 3 }], sentinels: [{ port: 4 }] })
  })

  it('never take an epoch back, and the higher config-epoch has the address', () => {
    const epochs = ['sentinel current-epoch 9', 'sentinel config-epoch mymaster 7', 'sentinel leader-epoch mymaster 8']
    const lower = ['sentinel current-epoch 5', 'sentinel config-epoch mymaster 3', 'sentinel leader-epoch mymaster 4']
    const moved = 'sentinel monitor mymaster 127.0.0.1 41299 2'
    const higherState = loadBoth(MAIN + lines(...lower), lines(moved, ...epochs))
    const higherMain = loadBoth(MAIN + lines(...epochs), lines(moved, ...lower))
    for (const config of [higherState, higherMain]) {
      expect(config.durable.currentEpoch).toBe(9n)
      expect(only(config)).toMatchObject({ configEpoch: 7n, leaderEpoch: 8n })
    }
    expect([only(higherState).port, only(higherMain).port]).toEqual([41_299, 41_290])
  })

  it('have the address when both files have the same config-epoch', () => {
    expect(only(loadBoth(MAIN, lines('sentinel monitor mymaster 127.0.0.1 41299 2'))).port).toBe(41_299)
  })

  it('leave host names of the main file alone where they turn names off', () => {
    const names = lines(
      `sentinel state-config-file ${STATE}`, 'sentinel resolve-hostnames yes', 'sentinel monitor mymaster redis-0 6379 2',
    )
    const config = loadBoth(names, lines('sentinel resolve-hostnames no', 'sentinel monitor mymaster 10.0.0.1 6379 2'))
    expect(config.durable.resolveHostnames).toBe(false)
    expect(only(config).host).toBe('10.0.0.1')
  })

  it('are missing at the first start, which is due to write the file', () => {
    expect(loadBoth(MAIN, undefined).saved).toMatchObject({ isDue: true })
    expect(loadBoth(MAIN, undefined).durable.masters).toHaveLength(1)
    expect(loadBoth(MAIN, '').saved).toMatchObject({ isDue: false })
  })
})

describe('a save in the state file', () => {
  it('writes sentinel lines alone, and no setting that the main file has', () => {
    const config = loadBoth(MAIN + lines('sentinel auth-pass mymaster secret', 'sentinel down-after-milliseconds mymaster 100', 'sentinel announce-port 5'), undefined)
    expect(saved(config, { currentEpoch: 4n }).text).toBe(lines(
      '# The state of this sentinel: it writes this file itself. Settings without a line here are those of the main file.',
      '# Generated by CONFIG REWRITE',
      `sentinel myid ${ID}`, 'sentinel monitor mymaster 127.0.0.1 41290 2', 'sentinel config-epoch mymaster 0',
      'sentinel leader-epoch mymaster 0', 'sentinel current-epoch 4',
    ))
  })

  it.each([
    ['a default', { downAfterMs: 30_000 }, 'sentinel down-after-milliseconds mymaster 30000'],
    ['another value', { downAfterMs: 7 }, 'sentinel down-after-milliseconds mymaster 7'],
    ['an unset text', { authPass: undefined }, 'sentinel auth-pass mymaster ""'],
    ['an unset script', { notificationScript: undefined }, 'sentinel notification-script mymaster ""'],
    ['the end of a renamed command', { renamedCommands: [] }, 'sentinel rename-command mymaster CONFIG config'],
    ['another renamed command', { renamedCommands: [['PING', 'pong']] as const }, 'sentinel rename-command mymaster PING pong'],
  ])('keeps %s of SENTINEL SET over a restart', (_what, settings, line) => {
    const main = MAIN + lines(
      'sentinel down-after-milliseconds mymaster 100', 'sentinel auth-pass mymaster secret',
      'sentinel notification-script mymaster /bin/true', 'sentinel rename-command mymaster CONFIG cfg',
    )
    const config = loadBoth(main, undefined)
    const { text, durable } = saved(config, withSettings(config, settings))
    expect(text.split('\n')).toContain(line)
    expect(loadBoth(main, text).durable).toEqual(durable)
  })

  it('keeps unset global settings over a restart', () => {
    const main = MAIN + lines(
      'sentinel announce-ip 10.0.0.9', 'sentinel announce-port 5', 'sentinel sentinel-user u', 'sentinel sentinel-pass p',
      'sentinel resolve-hostnames yes', 'sentinel deny-scripts-reconfig no',
    )
    const unset = {
      announceIp: undefined, announcePort: 0, sentinelUser: undefined, sentinelPass: undefined, resolveHostnames: false,
      denyScriptsReconfig: true,
    }
    const { text, durable } = saved(loadBoth(main, undefined), unset)
    expect(loadBoth(main, text).durable).toEqual(durable)
    expect(durable).toMatchObject(unset)
  })

  it('lets a changed setting of the main file take effect, unless SENTINEL SET changed it', () => {
    const main = (downAfter: number, timeout: number) => MAIN + lines(
      `sentinel down-after-milliseconds mymaster ${downAfter}`, `sentinel failover-timeout mymaster ${timeout}`,
    )
    const config = loadBoth(main(100, 1000), undefined)
    const { text } = saved(config, withSettings(config, { failoverTimeoutMs: 2000 }))
    expect(only(loadBoth(main(300, 3000), text)).settings).toMatchObject({ downAfterMs: 300, failoverTimeoutMs: 2000 })
  })

  it('keeps a removed master away, adds a new one of the main file, and keeps one that the main file lost', () => {
    const two = MAIN + lines('sentinel monitor second 127.0.0.1 41293 1', 'sentinel auth-pass second secret')
    const config = loadBoth(two, undefined)
    const [first, second] = config.durable.masters
    if (first === undefined || second === undefined) throw new Error('not two masters')
    const removed = saved(config, { masters: [second] })
    expect(removed.text).toMatch(/\n# removed-master mymaster\n$/)
    const names = (main: string, text = removed.text) => loadBoth(main, text).durable.masters.map(({ name }) => name)
    expect(names(two)).toEqual(['second'])
    expect(names(two + lines('sentinel monitor third 127.0.0.1 41294 1'))).toEqual(['second', 'third'])
    expect(names(lines(`sentinel state-config-file ${STATE}`))).toEqual(['second'])
    expect(load(two, { files: { [STATE]: removed.text } }).log.map(({ text }) => text).slice(1)).toEqual([
      'mymaster is not monitored: SENTINEL REMOVE removed it, although the main file has it. SENTINEL MONITOR adds it again.',
    ])
    // The main file forgets the master, too: the next start may forget that it was removed.
    expect(loadBoth(lines(`sentinel state-config-file ${STATE}`), removed.text).saved.isDue).toBe(true)
    expect(loadBoth(two, removed.text).saved.isDue).toBe(false)
  })

  it('ignores the main file about a master that was removed and added again', () => {
    const main = MAIN + lines('sentinel config-epoch mymaster 5', 'sentinel down-after-milliseconds mymaster 100')
    const config = loadBoth(main, undefined)
    const { text } = saved(config, { masters: [] })
    const again = loadBoth(main, text)
    const added = { ...only(config), port: 1, configEpoch: 0n, settings: { ...initialSettings(2), downAfterMs: 500 } }
    const next = saved(again, { masters: [added] }, text)
    expect(only(loadBoth(main, next.text))).toEqual(added)
  })

  it('keeps comments and names with blanks, and makes comments of other lines', () => {
    const config = loadBoth(MAIN + lines('sentinel monitor "my other" 127.0.0.1 41293 1'), undefined)
    const [first] = config.durable.masters
    const { text } = saved(config, { masters: first === undefined ? [] : [first] }, lines('# mine', 'port 1', 'sentinel myid x'))
    expect(text).toMatch(/^# mine\n# \?\?\? port 1\nsentinel myid 4493/)
    expect(text).toMatch(/# removed-master "my other"\n$/)
  })

  it('makes the next start log that the quorum of the main file does not apply', () => {
    const config = loadBoth(MAIN, undefined)
    const { text } = saved(config, withSettings(config, { quorum: 4 }))
    expect(load(MAIN, { files: { [STATE]: text } }).log.map((line) => line.text)).toEqual([
      `The state and what SENTINEL SET changes are saved in ${STATE}. The main file is not written: changes of loglevel, and of `
      + 'users without an ACL file, end with the process.',
      `The quorum of mymaster is 4, from ${STATE}, and not 2 as in the main file. SENTINEL SET changes it.`,
    ])
  })
})

describe('a main file that the running sentinel reads again', () => {
  it('is what the next saves differ from', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'state-file-'))
    try {
      const path = join(folder, 'state.conf')
      const config = loadBoth(MAIN, undefined)
      const store = new FileConfigStore({
        saved: { ...config.saved, path }, settings: () => config.settings, userLines: () => [], umask: 0o022,
        warn: () => undefined,
      })
      const changed = { ...config.durable, myId: ID, ...withSettings(config, { downAfterMs: 300 }) }
      await store.save(changed)
      expect(readFileSync(path, 'latin1')).toContain('sentinel down-after-milliseconds mymaster 300\n')
      store.mainFileRead(changed)
      await store.save(changed)
      expect(readFileSync(path, 'latin1')).not.toContain('down-after-milliseconds')
      // A save that began before the reload has not got the new master yet.
      const [master] = changed.masters ?? []
      if (master === undefined) throw new Error('no master')
      const two = { ...changed, masters: [master, { ...master, name: 'second' }] }
      store.mainFileRead(two)
      await store.save(changed)
      expect(readFileSync(path, 'latin1')).not.toContain('removed-master')
      await store.save(two)
      await store.save(changed)
      expect(readFileSync(path, 'latin1')).toContain('# removed-master second\n')
      store.mainFileRead(changed)
      await store.save({ ...changed, masters: [] })
      expect(readFileSync(path, 'latin1')).toContain('# removed-master mymaster\n')
      store.mainFileRead({ ...changed, masters: [] })
      await store.save({ ...changed, masters: [] })
      expect(readFileSync(path, 'latin1')).not.toContain('removed-master')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
