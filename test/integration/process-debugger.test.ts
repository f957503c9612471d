/** SIGUSR1 ends every program of ours at any moment, and opens no debugger. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { eventually, notYet, Workspace } from '../../src/harness/index.ts'
import { Program } from './process-program.ts'

let workspace: Workspace
let runs = 0
beforeAll(() => { workspace = new Workspace('hostile-process-test') })
afterAll(async () => { await workspace.remove() })

interface Running {
  readonly program: Program
  readonly port: number
}

async function sentinel(env: Readonly<Record<string, string>> = {}): Promise<Running> {
  const cwd = join(workspace.folder, `run-${runs += 1}`)
  mkdirSync(cwd)
  const port = await workspace.claimPort()
  writeFileSync(join(cwd, 'sentinel.conf'), `port ${port}\nbind 127.0.0.1\nsentinel monitor mymaster 127.0.0.1 9 1\n`)
  return { program: new Program('ours', workspace, { cwd, args: ['sentinel.conf'], env }), port }
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

  it('opens no debugger at any moment of a start where Node has been given an address that does not exist', async () => {
    const { program } = await sentinel({ NODE_OPTIONS: '--inspect-port=192.0.2.1:9229' })
    const { child } = program
    let wasOpen = false
    await eventually('the end by SIGUSR1', async () => {
      child.kill('SIGUSR1')
      wasOpen ||= await isOpen(9229)
      if (child.signalCode === null) throw notYet('it runs')
    }, { timeoutMs: 15_000, everyMs: 5 })
    expect(wasOpen).toBe(false)
    expect(await program.end()).toMatchObject({ signal: 'SIGUSR1' })
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
