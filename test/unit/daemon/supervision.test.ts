/** config.md 1.7. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSystemdNotifier } from '../../../src/daemon/sd-notify.ts'
import { createNotify, effectiveSupervision, isSupervised } from '../../../src/daemon/supervision.ts'

describe('supervised', () => {
  it.each([
    ['no', { NOTIFY_SOCKET: '/x' }, 'no', false],
    ['systemd', { NOTIFY_SOCKET: '/x' }, 'systemd', true],
    ['systemd', {}, 'systemd', false],
    ['upstart', {}, 'upstart', false],
    ['upstart', { UPSTART_JOB: 'x' }, 'upstart', true],
    ['auto', { NOTIFY_SOCKET: '/x', UPSTART_JOB: 'x' }, 'upstart', true],
    ['auto', { NOTIFY_SOCKET: '/x' }, 'systemd', true],
    ['auto', {}, 'no', false],
  ] as const)('%s with %o selects %s', (configured, environment, effective, supervised) => {
    expect(effectiveSupervision(configured, environment)).toBe(effective)
    expect(isSupervised(effective, environment)).toBe(supervised)
  })
})

describe('supervision by upstart', () => {
  const rig = (environment: Record<string, string>) => {
    const seen: string[] = []
    const notify = createNotify({
      supervision: 'upstart', environment, halt: () => seen.push('halt'),
      logger: { log: (level, text) => seen.push(`${level}: ${text}`) },
    })
    return { seen, notify }
  }

  it('stops the process once to signal readiness', async () => {
    const { seen, notify } = rig({ UPSTART_JOB: 'x' })
    await notify('STATUS=Redis is loading...')
    await notify('READY=1')
    expect(seen).toEqual(['notice: supervised by upstart, will stop to signal readiness.', 'halt'])
  })

  it('logs a missing UPSTART_JOB in the words of the original', async () => {
    const { seen, notify } = rig({})
    await notify('STATUS=Redis is loading...')
    expect(seen).toEqual(['warning: upstart supervision requested, but UPSTART_JOB not found!'])
  })
})

describe('a notification to systemd', () => {
  let folder = ''
  const log: string[] = []
  const notifier = (environment: Record<string, string | undefined>) => createSystemdNotifier({
    environment, logger: { log: (level, text) => log.push(`${level}: ${text}`) },
  })

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sd-notify-'))
    // A stand-in for the helper that writes down what it was told.
    writeFileSync(join(folder, 'systemd-notify'), `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${folder}/told\necho "$SAID" >&2\nexit $EXIT_STATUS\n`)
    chmodSync(join(folder, 'systemd-notify'), 0o755)
  })
  afterAll(() => { rmSync(folder, { recursive: true }) })

  it('runs the helper with the message', async () => {
    const PATH = `${folder}${delimiter}${process.env['PATH'] ?? ''}`
    await notifier({ PATH, NOTIFY_SOCKET: '/run/x', EXIT_STATUS: '0' }).send('READY=1', 'STATUS=Ready to accept connections')
    expect(readFileSync(join(folder, 'told'), 'utf8'))
      .toBe(`/run/x --pid=${process.pid} READY=1 STATUS=Ready to accept connections\n`)
    expect(log.splice(0)).toEqual([
      'notice: Supervised by systemd. Please make sure you set appropriate values for TimeoutStartSec and '
      + 'TimeoutStopSec in your service unit.',
    ])
  })

  it('logs a helper that fails or is missing, and a missing socket in the words of the original', async () => {
    const PATH = `${folder}${delimiter}${process.env['PATH'] ?? ''}`
    await notifier({ PATH, NOTIFY_SOCKET: '/run/x', EXIT_STATUS: '3' }).send('READY=1')
    await notifier({ PATH, NOTIFY_SOCKET: '/run/x', EXIT_STATUS: '1', SAID: 'no such\nsocket' }).send('READY=1')
    await notifier({ PATH: '/nonexistent', NOTIFY_SOCKET: '/run/x' }).send('READY=1')
    await notifier({ PATH }).send('READY=1')
    expect(log).toEqual([
      'warning: systemd supervision error: systemd-notify failed with status 3',
      'warning: systemd supervision error: systemd-notify failed with status 1: no such; socket',
      expect.stringMatching(/^warning: systemd supervision error: systemd-notify cannot be run: .*ENOENT/),
      'warning: systemd supervision error: NOTIFY_SOCKET not found!',
    ])
  })
})
