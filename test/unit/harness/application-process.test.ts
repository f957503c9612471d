import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, it } from 'vitest'

import { ApplicationProcess, exitStatus } from '../../../src/harness/control/application-process.ts'
import { eventually, notYet } from '../../../src/harness/eventually.ts'
import { isRunning } from './is-alive.ts'

const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-application-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

function start(
  script: string, environment: Readonly<Record<string, string | undefined>> = {},
): Promise<ApplicationProcess> {
  return ApplicationProcess.start({
    file: '/bin/sh', args: ['-c', script], environment: { OUT: join(folder, 'out'), ...environment }, streams: 'to-stderr',
  })
}

describe('the command that runs as the application', () => {
  it('has the variables, without those that do not apply, and its status is that of a shell', async () => {
    process.env['REDIS_PASSWORD'] = 'of another server'
    try {
      const application = await start('echo "$ADDED,${REDIS_PASSWORD-none}" > "$OUT"; exit 7', { ADDED: 'yes', REDIS_PASSWORD: undefined })
      expect(exitStatus(await application.ended)).toBe(7)
      await application.sweep()
      expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('yes,none\n')
    } finally {
      delete process.env['REDIS_PASSWORD']
    }
    const killed = await start('kill -TERM $$')
    expect(exitStatus(await killed.ended)).toBe(143)
    await killed.sweep()
  })

  it('leaves no process behind, not even one in a session of its own', async () => {
    const pids = join(folder, 'pids')
    const other = "const { spawn } = require('child_process'); const c = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }); console.log(c.pid); c.unref()"
    const application = await start('"$NODE" -e "$SCRIPT" > "$PIDS"; sleep 600 & echo $! >> "$PIDS"', {
      NODE: process.execPath, SCRIPT: other, PIDS: pids,
    })
    await application.ended
    const left = readFileSync(pids, 'utf8').trim().split('\n').map(Number)
    expect(left.filter(isRunning)).toHaveLength(2)
    await application.sweep()
    await eventually('the end of all', () => {
      if (left.some(isRunning)) throw notYet('a process is left')
    }, { timeoutMs: 10_000, everyMs: 10 })
  })

  it('passes on signals', async () => {
    const ready = join(folder, 'ready')
    const application = await start('trap "exit 9" USR2; : > "$READY"; while :; do sleep 0.05; done', { READY: ready })
    await eventually('the trap', () => {
      if (!existsSync(ready)) throw notYet('not ready')
    }, { everyMs: 5 })
    application.passOn('SIGUSR2')
    expect(exitStatus(await application.ended)).toBe(9)
    await application.sweep()
  })

  it.each([['/no/such/program', 127, 'there is no program /no/such/program'], [tmpdir(), 126, 'cannot be started']])(
    'that cannot be started is reported: %s', async (file, status, message) => {
      const started = ApplicationProcess.start({ file, args: [], environment: {}, streams: 'to-stderr' })
      await expect(started).rejects.toMatchObject({ status, message: expect.stringContaining(message) as string })
    })
})
