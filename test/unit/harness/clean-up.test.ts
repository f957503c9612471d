import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

import { eventually, notYet } from '../../../src/harness/eventually.ts'
import { ManagedProcess } from '../../../src/harness/managed-process.ts'
import { Workspace } from '../../../src/harness/workspace.ts'
import { isAlive } from './is-alive.ts'

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

  it('starting a program that does not exist says which', async () => {
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
