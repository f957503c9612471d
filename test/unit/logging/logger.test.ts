/** The Logger port on pino: levels, formats, secrets (protocol.md 6.1). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { EventBus } from '../../../src/events/index.ts'
import { createLogger, type LoggerOptions, type SentinelLogger } from '../../../src/logging/index.ts'
import { at, MASTER, published } from '../events/samples.ts'

const WALL = new Date(2026, 10, 21, 6, 37, 14, 521).getTime()
const PREFIX = '7:X 21 Nov 2026 06:37:14.521'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-log-'))
  path = join(folder, 'sentinel.log')
})

afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

function logger(options: Partial<LoggerOptions> = {}): SentinelLogger {
  return createLogger({ level: 'notice', logfile: path, pid: 7, now: () => WALL, ...options })
}

function written(by: SentinelLogger): string {
  by.flushSync()
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function logAll(to: SentinelLogger): void {
  for (const level of ['debug', 'verbose', 'notice', 'warning'] as const) to.log(level, level)
}

describe('the level of the log', () => {
  it.each([
    ['debug', ['. debug', '- verbose', '* notice', '# warning']],
    ['verbose', ['- verbose', '* notice', '# warning']],
    ['notice', ['* notice', '# warning']],
    ['warning', ['# warning']],
    ['nothing', []],
  ] as const)('%s admits messages that are as important or more', (level, lines) => {
    const log = logger({ level })
    logAll(log)
    expect(written(log)).toBe(lines.map((line) => `${PREFIX} ${line}\n`).join(''))
  })

  it('can be changed while the program runs', () => {
    const log = logger()
    log.setLevel('nothing')
    logAll(log)
    log.raw('raw\n')
    log.setLevel('debug')
    log.log('debug', 'now')
    expect(written(log)).toBe(`${PREFIX} . now\n`)
  })
})

describe('lines of the log', () => {
  it('of the logo and of signals have no prefix', () => {
    const log = logger()
    log.log('notice', 'before')
    log.raw('  _._\n')
    log.log('notice', 'after')
    expect(written(log)).toBe(`${PREFIX} * before\n  _._\n${PREFIX} * after\n`)
  })

  it('do not treat text as a format', () => {
    const log = logger()
    log.log('notice', '100% of %s %d %o "quoted" \\ é')
    expect(written(log)).toBe(`${PREFIX} * 100% of %s %d %o "quoted" \\ é\n`)
  })

  it('of events are name and payload', () => {
    const log = logger()
    log.event(published({ name: '+odown', master: 'mymaster', subject: MASTER, agree: 2, quorum: 2 }))
    log.event(published({ name: '-cmd-link-reconnection', subject: MASTER, reason: 'Connection refused' }))
    expect(written(log)).toBe(`${PREFIX} # +odown master mymaster 127.0.0.1 6379 #quorum 2/2\n`)
  })

  it('are written from the event, not from its text', () => {
    const parse = vi.spyOn(JSON, 'parse')
    const log = logger()
    log.log('warning', 'x')
    written(log)
    expect(parse).not.toHaveBeenCalled()
    parse.mockRestore()
  })
})

describe('the JSON format', () => {
  it('has time, level, process, text, and the parts of an event', () => {
    const log = logger({ format: 'json' })
    log.log('notice', 'Sentinel ID is "x"')
    log.event(published({
      name: '+switch-master', master: 'm', from: { host: '10.0.0.1', port: 1 }, to: { host: '10.0.0.2', port: 2 },
    }))
    const time = new Date(WALL).toISOString()
    const objects = written(log).trimEnd().split('\n').map((line): unknown => JSON.parse(line))
    expect(objects).toEqual([
      { level: 'notice', time, pid: 7, msg: 'Sentinel ID is "x"' },
      {
        level: 'warning', time, pid: 7, event: '+switch-master', master: 'm', from: '10.0.0.1:1', to: '10.0.0.2:2',
        payload: 'm 10.0.0.1 1 10.0.0.2 2', msg: '+switch-master m 10.0.0.1 1 10.0.0.2 2',
      },
    ])
  })
})

describe('secrets', () => {
  it.each(['redis', 'json'] as const)('never reach the log, a subscriber or a script: %s', (format) => {
    const log = logger({ format, level: 'debug' })
    const seen: string[] = []
    const bus = new EventBus({ logger: log, onSinkError: (error) => { throw error } })
    bus.subscribe((event) => { log.event(event) })
    bus.subscribe(({ payload }) => { seen.push(payload) })
    bus.event({
      name: '+set', master: 'mymaster', subject: MASTER, option: 'auth-pass', value: 'correct horse',
      notificationScript: '/n.sh',
    }, at(0))
    expect(written(log)).toContain('auth-pass ******')
    expect(written(log)).not.toContain('horse')
    expect(seen).toEqual(['master mymaster 127.0.0.1 6379 auth-pass ******'])
  })
})
