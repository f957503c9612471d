import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join, relative } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

import { eventually, notYet } from '../../../src/harness/eventually.ts'
import { ManagedProcess } from '../../../src/harness/managed-process.ts'
import { Workspace } from '../../../src/harness/workspace.ts'
import { startHungTest } from './hung-test.ts'
import { isAlive, isRunning } from './is-alive.ts'

function sleeper(workspace: Workspace): ManagedProcess {
  return new ManagedProcess({
    name: 'sleeper', logFile: join(workspace.folder, 'log.txt'), workspace, onChange: () => undefined,
  })
}

describe('clean-up', () => {
  it('removing a workspace kills what still runs and removes the folder', async () => {
    const workspace = new Workspace('ts-sentinel-unit')
    const one = sleeper(workspace)
    await one.start({ file: 'sleep', args: ['600'] }, workspace.folder)
    one.pause()
    await workspace.remove()
    expect((await one.ended).signal).toBe('SIGKILL')
    expect(existsSync(workspace.folder)).toBe(false)
  })

  it('a process that dies by SIGKILL leaves neither processes nor files behind', async () => {
    // The body of a test process, bundled because plain Node 20 runs no TypeScript.
    const { outputFiles } = await build({
      stdin: {
        contents: `
          import { Workspace } from './workspace.ts'
          import { ManagedProcess } from './managed-process.ts'
          const workspace = new Workspace('ts-sentinel-unit')
          const one = new ManagedProcess({
            name: 'sleeper', logFile: workspace.folder + '/log.txt', workspace, onChange: () => undefined,
          })
          await one.start({ file: 'sleep', args: ['600'] }, workspace.folder)
          process.stdout.write(JSON.stringify({ pid: one.pid, folder: workspace.folder }))
          setInterval(() => undefined, 1000)`,
        resolveDir: join(import.meta.dirname, '../../../src/harness'),
        loader: 'ts',
      },
      bundle: true, platform: 'node', format: 'esm', write: false,
    })
    const child = spawn(process.execPath, ['--input-type=module', '-e', outputFiles[0]?.text ?? ''], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(child.stdout, 'data') as [Buffer]
    const { pid, folder } = JSON.parse(line.toString()) as { pid: number, folder: string }
    expect(isAlive(pid) && existsSync(folder)).toBe(true)
    child.kill('SIGKILL')
    await eventually('the clean-up', () => {
      if (existsSync(folder)) throw notYet('the folder is still there')
    }, { timeoutMs: 5_000, everyMs: 10 })
  })

  it.each(['main', 'worker'] as const)('a hung test leaves nothing behind when SIGKILL ends its %s', async (victim) => {
    const hung = await startHungTest()
    try {
      const all = [hung.main, hung.worker, hung.server]
      expect(all.filter(isRunning)).toHaveLength(3)
      process.kill(hung[victim], 'SIGKILL')
      // The main process of this small library waits for nothing: the end of its worker alone does not end it.
      const doomed = victim === 'worker' ? all.slice(1) : all
      await eventually('the clean-up', () => {
        const left = doomed.filter(isRunning)
        if (left.length > 0 || existsSync(hung.folder)) throw notYet(`${left.length} of ${doomed.length} processes are left`)
      }, { timeoutMs: 10_000, everyMs: 10 })
    } finally {
      hung.end()
    }
  })

  it('a test goes on when the shell ends that started it, as in the background of a script', async () => {
    const hung = await startHungTest()
    try {
      process.kill(hung.shell, 'SIGKILL')
      await eventually('the end of the shell', () => { expect(isRunning(hung.shell)).toBe(false) })
      // The shell that watches looks twice a second: seven looks of it, and it kills at the first.
      const until = performance.now() + 3_500
      await eventually('some looks', () => {
        expect([hung.main, hung.worker, hung.server].filter(isRunning)).toHaveLength(3)
        if (performance.now() < until) throw notYet('too soon to tell')
      }, { timeoutMs: 10_000 })
    } finally {
      hung.end()
    }
  })

  it('makes its folder at an absolute path when TMPDIR is a relative one', async () => {
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = relative(process.cwd(), tmpdir())
    try {
      const workspace = new Workspace('ts-sentinel-unit')
      await workspace.remove()
      expect(isAbsolute(workspace.folder)).toBe(true)
      process.env['TMPDIR'] = '/nowhere/at all'
      expect(() => new Workspace('ts-sentinel-unit')).toThrow('cannot make a folder in /nowhere/at all, where TMPDIR points to')
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
  })

  it('cleans up without anything on the PATH', async () => {
    const before = process.env['PATH']
    process.env['PATH'] = ''
    try {
      const workspace = new Workspace('ts-sentinel-unit')
      const one = sleeper(workspace)
      await expect(one.start({ file: 'redis-server', args: [] }, workspace.folder)).rejects.toThrow('cannot start sleeper: redis-server')
      await one.start({ file: '/bin/sleep', args: ['600'] }, workspace.folder)
      await workspace.remove()
      expect((await one.ended).signal).toBe('SIGKILL')
      expect(existsSync(workspace.folder)).toBe(false)
    } finally {
      process.env['PATH'] = before
    }
  })

  it('distinguishes a requested end of a process from an unexpected one', async () => {
    const workspace = new Workspace('ts-sentinel-unit')
    const changes: string[] = []
    const one = new ManagedProcess({
      name: 'sleeper', logFile: join(workspace.folder, 'log.txt'), workspace,
      onChange: (change, detail) => { changes.push(detail === undefined ? change : `${change} ${detail}`) },
    })
    try {
      await one.start({ file: 'sleep', args: ['600'] }, workspace.folder)
      await one.stop()
      await one.start({ file: 'sh', args: ['-c', 'exit 3'] }, workspace.folder)
      await one.ended
      expect(changes).toEqual(['started', 'stopped', 'started', 'ended by itself (exit status 3)'])
    } finally {
      await workspace.remove()
    }
  })

  it('names a program that does not exist', async () => {
    const workspace = new Workspace('ts-sentinel-unit')
    try {
      await expect(sleeper(workspace).start({ file: 'no-such-program', args: [] }, workspace.folder))
        .rejects.toThrow('cannot start sleeper: no-such-program')
    } finally {
      await workspace.remove()
    }
  })

  it('stop ends a paused process in its own way', async () => {
    const workspace = new Workspace('ts-sentinel-unit')
    try {
      const one = sleeper(workspace)
      await one.start({ file: 'sleep', args: ['600'] }, workspace.folder)
      one.pause()
      expect((await one.stop()).signal).toBe('SIGTERM')
      expect(one.running).toBe(false)
    } finally {
      await workspace.remove()
    }
  })
})
