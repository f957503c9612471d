/** What others on the machine can do to the process: SIGUSR1 at any moment, and a log pipe that is never read. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { eventually, notYet, Workspace } from '../../src/harness/index.ts'
import { Program } from './process-program.ts'
import { RawClient } from './support/raw-client.ts'

let workspace: Workspace
let runs = 0
beforeAll(() => { workspace = new Workspace('hostile-process-test') })
afterAll(async () => { await workspace.remove() })

async function sentinel(): Promise<{ readonly program: Program, readonly port: number }> {
  const cwd = join(workspace.folder, `run-${runs += 1}`)
  mkdirSync(cwd)
  const port = await workspace.claimPort()
  writeFileSync(join(cwd, 'sentinel.conf'), `port ${port}\nbind 127.0.0.1\nsentinel monitor mymaster 127.0.0.1 9 1\n`)
  return { program: new Program('ours', workspace, { cwd, args: ['sentinel.conf'] }), port }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('error', () => { resolve(false) })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

const LAUNCHER = join(import.meta.dirname, '../../dist/ts-sentinel.js')

describe('SIGUSR1', () => {
  it('ends a sentinel that has only begun to start', async () => {
    const { program } = await sentinel()
    expect(await program.endBy('SIGUSR1')).toMatchObject({ signal: 'SIGUSR1' })
  })

  it('ends a tool', async () => {
    const { program, port } = await sentinel()
    await program.logged('+monitor')
    const tool = spawn(process.execPath, [LAUNCHER, 'status', `127.0.0.1:${port}`, '--watch'], { stdio: ['ignore', 'pipe', 'ignore'] })
    if (tool.pid !== undefined) workspace.adopt(tool.pid)
    const ended = new Promise<NodeJS.Signals | null>((resolve) => {
      tool.once('exit', (_code, signal) => { resolve(signal) })
    })
    await new Promise((resolve) => { tool.stdout.once('data', resolve) })
    tool.kill('SIGUSR1')
    expect(await ended).toBe('SIGUSR1')
    expect(await isOpen(9229)).toBe(false)
    await program.endBy('SIGTERM')
  })
})

describe('a log pipe that is full and never read', () => {
  it('delays no answer and does not keep the process from ending', async () => {
    const { program, port } = await sentinel()
    await program.logged('+monitor')
    program.child.stdout?.pause()
    program.child.stdout?.removeAllListeners('data')
    const client = new RawClient({ host: '127.0.0.1', port })
    const request = 'SENTINEL SET mymaster quorum 1\r\n'.repeat(100)
    // More than a pipe and the buffers of this process hold.
    for (let round = 1; round <= 40; round += 1) {
      await client.send(request)
      await eventually('the answers', () => {
        if (client.heard.length < round * 500) throw notYet(`${client.heard.length} bytes`)
      }, { timeoutMs: 15_000, everyMs: 5 })
    }
    client.close()
    const exit = new Promise<number | null>((resolve) => {
      program.child.once('exit', (code) => { resolve(code) })
    })
    const before = performance.now()
    program.child.kill('SIGTERM')
    expect(await exit).toBe(0)
    // A second on an idle machine; the fault was that it never ended.
    expect(performance.now() - before).toBeLessThan(5_000)
  }, 60_000)
})
