/** Order of start and stop: config.md 1.6, protocol.md 6.2 and 7.1. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DurableState } from '../../../src/core/index.ts'
import { Lifecycle, type LifecycleFacts, type LifecycleParts } from '../../../src/daemon/lifecycle.ts'

const ID = 'a'.repeat(40)

function rig(overrides: Partial<LifecycleFacts> = {}, parts: Partial<LifecycleParts> = {}) {
  const journal: string[] = []
  const lifecycle = new Lifecycle({
    logger: { log: (_level, text) => journal.push(text), raw: (text) => journal.push(`<raw ${text}>`) },
    driver: {
      saveBeforeStart: (state) => {
        journal.push(`<save ${state.myId}>`)
        return Promise.resolve()
      },
      start: () => journal.push('<core starts>'),
      stop: () => {
        journal.push('<driver stops>')
        return Promise.resolve()
      },
    },
    server: {
      listen: () => {
        journal.push('<listen>')
        return Promise.resolve({ isListening: true, problems: [] })
      },
      admit: () => { journal.push('<clients are let in>') },
      close: () => {
        journal.push('<close server>')
        return Promise.resolve()
      },
    },
    extras: {
      start: () => {
        journal.push('<extras start>')
        return Promise.resolve(undefined)
      },
      admit: () => undefined,
      stop: () => Promise.resolve(),
    },
    ownStateFile: { open: () => ({ level: 'verbose', text: 'no own state yet' }) },
    closeOutgoing: () => journal.push('<close links>'),
    notify: (...variables) => {
      journal.push(`<notify ${variables.join(' ')}>`)
      return Promise.resolve()
    },
    ...parts,
  }, {
    warnings: [], obstacles: [], durable: { myId: ID } as DurableState,
    isSaveDue: false, processId: 4711, port: 26379, showsLogo: false, backlog: 0,
    pidFile: undefined, unixSocket: undefined, processTitle: undefined, ...overrides,
  })
  return { lifecycle, journal }
}

const BANNER = [
  '<notify STATUS=Redis is loading...>',
  'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo',
  'Redis version=7.0.15, bits=64, commit=00000000, modified=0, pid=4711, just started',
  `ts-sentinel version=0.1.0, node=${process.version}`,
  'Configuration loaded',
]

describe('the start', () => {
  it('shows the logo instead of the line that names the port', async () => {
    const { lifecycle, journal } = rig({ showsLogo: true })
    await lifecycle.start()
    expect(journal.filter((line) => line.startsWith('<raw'))).toEqual([
      expect.stringMatching(/Redis 7\.0\.15[^]*Running in sentinel mode[^]*Port: 26379[^]*PID: 4711/),
    ])
    expect(journal).not.toContain('Running mode=sentinel, port=26379.')
  })

  it('listens, logs its id and starts the core, without a save for a known id', async () => {
    const { lifecycle, journal } = rig()
    expect(await lifecycle.start()).toEqual({ ok: true })
    expect(journal).toEqual([
      ...BANNER,
      'monotonic clock: POSIX clock_gettime',
      '<listen>', '<extras start>',
      'Running mode=sentinel, port=26379.',
      'no own state yet',
      `Sentinel ID is ${ID}`,
      '<core starts>', '<clients are let in>',
      '<notify STATUS=Ready to accept connections READY=1>',
    ])
  })

  it('makes a new id durable before the core starts and clients are admitted', async () => {
    const { lifecycle, journal } = rig({ isSaveDue: true })
    await lifecycle.start()
    expect(journal.slice(-7)).toEqual([
      'Running mode=sentinel, port=26379.', 'no own state yet', `<save ${ID}>`, `Sentinel ID is ${ID}`, '<core starts>', '<clients are let in>',
      '<notify STATUS=Ready to accept connections READY=1>',
    ])
  })

  it('logs the warnings of the checks before it', async () => {
    const { lifecycle, journal } = rig({ warnings: ['maxclients has been reduced'] })
    await lifecycle.start()
    expect(journal.slice(0, BANNER.length + 1)).toEqual([...BANNER, 'maxclients has been reduced'])
  })

  it('does not listen when a check before it failed', async () => {
    const { lifecycle, journal } = rig({ obstacles: ['one', 'another'] })
    expect(await lifecycle.start()).toEqual({ ok: false, problem: 'another', wasStopped: false })
    expect(journal.slice(BANNER.length)).toEqual(['monotonic clock: POSIX clock_gettime', 'one', 'another'])
  })

  it('ends with the reason when it cannot listen, and closes what is open', async () => {
    const problems = ['Warning: Could not create …', 'Failed listening on port 26379 (tcp), aborting.']
    const { lifecycle, journal } = rig({}, {
      server: {
        listen: () => Promise.resolve({ isListening: false, problems }),
        admit: () => undefined,
        close: () => Promise.resolve(),
      },
    })
    expect(await lifecycle.start()).toEqual({ ok: false, problem: problems[1], wasStopped: false })
    expect(journal.slice(BANNER.length)).toEqual(['monotonic clock: POSIX clock_gettime', ...problems, '<close links>'])
  })

  it('continues when one optional address could not be bound', async () => {
    const { lifecycle, journal } = rig({}, {
      server: {
        listen: () => Promise.resolve({ isListening: true, problems: ['Warning: Could not create …'] }),
        admit: () => undefined,
        close: () => Promise.resolve(),
      },
    })
    expect(await lifecycle.start()).toEqual({ ok: true })
    expect(journal).toContain('Warning: Could not create …')
    expect(journal).toContain('<core starts>')
  })
})

describe('the stop', () => {
  let folder = ''
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'lifecycle-')) })
  afterEach(() => { rmSync(folder, { recursive: true }) })

  it('waits for saves, removes the pid file, closes everything and logs the end, all once', async () => {
    const pidFile = join(folder, 'x.pid')
    const { lifecycle, journal } = rig({ pidFile })
    await lifecycle.start()
    expect(readFileSync(pidFile, 'utf8')).toBe('4711\n')
    journal.length = 0
    await Promise.all([lifecycle.stop(), lifecycle.stop()])
    await lifecycle.stop()
    expect(journal).toEqual([
      'User requested shutdown...', '<notify STOPPING=1>', '<driver stops>', 'Removing the pid file.',
      '<close links>', '<close server>', 'Sentinel is now ready to exit, bye bye...',
    ])
    expect(existsSync(pidFile)).toBe(false)
  })

  it('does not remove a pid file that it could not write', async () => {
    const pidFile = join(folder, 'none', 'x.pid')
    const { lifecycle, journal } = rig({ pidFile })
    await lifecycle.start()
    expect(journal).toContainEqual(expect.stringMatching(/^Failed to write PID file: .*no such file or directory/))
    await lifecycle.stop()
    expect(journal).not.toContain('Removing the pid file.')
  })

  it('takes less than a second when the disk and the sockets hang', async () => {
    const never = new Promise<never>(() => undefined)
    const { lifecycle } = rig({}, {
      driver: { saveBeforeStart: () => never, start: () => undefined, stop: () => never },
      server: {
        listen: () => Promise.resolve({ isListening: true, problems: [] }), admit: () => undefined, close: () => never,
      },
      notify: (...variables) => variables.includes('STOPPING=1') ? never : Promise.resolve(),
    })
    await lifecycle.start()
    const before = performance.now()
    await lifecycle.stop()
    expect(performance.now() - before).toBeLessThan(1000)
  })

  it('is possible while a new id is being saved', async () => {
    let saved: () => void = () => undefined
    const { lifecycle, journal } = rig({ isSaveDue: true }, {
      driver: {
        saveBeforeStart: () => new Promise((resolve) => { saved = resolve }),
        start: () => { journal.push('<core starts>') },
        stop: () => Promise.resolve(),
      },
    })
    const started = lifecycle.start()
    await Promise.resolve()
    await lifecycle.stop()
    saved()
    expect(await started).toEqual({ ok: false, problem: 'stopped during the start', wasStopped: true })
    expect(journal).not.toContain('<core starts>')
  })
})
