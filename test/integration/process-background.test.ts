/** daemonize, SHUTDOWN and readiness for systemd: config.md 1.7, protocol.md 7. */
import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandConnection, eventually, notYet, Workspace } from '../../src/harness/index.ts'
import { messagesOf, Program } from './process-program.ts'

let workspace: Workspace
beforeAll(() => { workspace = new Workspace('process-background') })
afterAll(async () => { await workspace.remove() })

function folderWith(name: string, config: string): string {
  const folder = join(workspace.folder, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'sentinel.conf'), config)
  return folder
}

async function gone(pid: number): Promise<void> {
  await eventually(`the end of process ${pid}`, () => {
    if (existsSync(`/proc/${pid}/exe`)) throw notYet('it runs')
  }, { timeoutMs: 10_000, everyMs: 10 })
}

describe('daemonize yes', () => {
  it('starts a background process that answers and removes its pid file at the end', async () => {
    const port = await workspace.claimPort()
    const folder = folderWith('daemon', [
      `port ${port}`, 'daemonize yes', 'pidfile d.pid', 'logfile d.log', '',
    ].join('\n'))
    const parent = new Program('ours', workspace, { cwd: folder, args: ['sentinel.conf'] })
    expect(await parent.end()).toEqual({ code: 0, signal: null })
    expect(parent.stdout + parent.stderr).toBe('')

    const pid = await eventually('a pid file', () => {
      const text = readFileSync(join(folder, 'd.pid'), 'utf8')
      if (!text.endsWith('\n')) throw notYet('half a line')
      return Number(text)
    })
    workspace.adopt(pid)
    expect(pid).not.toBe(parent.pid)
    const connection = new CommandConnection({ host: '127.0.0.1', port })
    expect(await eventually('an answer', () => connection.call(['PING']))).toBe('PONG')
    connection.close()

    // A session of its own, no terminal, the directory it was started in.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
    expect(Number(fields[3])).toBe(pid)
    for (const descriptor of [0, 1, 2]) expect(readlinkSync(`/proc/${pid}/fd/${descriptor}`)).toBe('/dev/null')
    expect(readlinkSync(`/proc/${pid}/cwd`)).toBe(folder)
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')).not.toContainEqual(expect.stringMatching(/^MARK/))

    process.kill(pid, 'SIGTERM')
    await gone(pid)
    workspace.release(pid)
    expect(existsSync(join(folder, 'd.pid'))).toBe(false)
    expect(messagesOf(readFileSync(join(folder, 'd.log'), 'utf8')).at(-1)).toBe('Sentinel is now ready to exit, bye bye...')
  })

  it('reports a bad file before it goes to the background', async () => {
    const folder = folderWith('daemon-bad', 'daemonize yes\nfoobar 1\n')
    const parent = new Program('ours', workspace, { cwd: folder, args: ['sentinel.conf'] })
    expect((await parent.end()).code).toBe(1)
    expect(parent.stderr).toContain(">>> 'foobar 1'")
  })

  it('passes options from standard input to the background process', async () => {
    const port = await workspace.claimPort()
    const folder = folderWith('daemon-stdin', 'daemonize yes\npidfile d.pid\nlogfile d.log\n')
    const parent = new Program('ours', workspace, { cwd: folder, args: ['sentinel.conf', '-'], stdin: `port ${port}\n` })
    expect((await parent.end()).code).toBe(0)
    const connection = new CommandConnection({ host: '127.0.0.1', port })
    expect(await eventually('an answer', () => connection.call(['PING']))).toBe('PONG')
    const pid = Number(readFileSync(join(folder, 'd.pid'), 'utf8'))
    workspace.adopt(pid)
    await connection.call(['SHUTDOWN'], 5_000).catch(() => undefined)
    connection.close()
    await gone(pid)
    workspace.release(pid)
  })
})

describe('SHUTDOWN', () => {
  it('ends the process with 0, without a reply', async () => {
    const port = await workspace.claimPort()
    const program = new Program('ours', workspace, { cwd: folderWith('shutdown', `port ${port}\n`), args: ['sentinel.conf'] })
    await program.logged('Sentinel ID is')
    const connection = new CommandConnection({ host: '127.0.0.1', port })
    expect(await connection.call(['PING'])).toBe('PONG')
    await expect(connection.call(['SHUTDOWN', 'NOSAVE'])).rejects.toThrow()
    connection.close()
    expect(await program.end()).toEqual({ code: 0, signal: null })
    expect(program.messages().slice(-2)).toEqual(['User requested shutdown...', 'Sentinel is now ready to exit, bye bye...'])
  })
})

describe('supervised systemd', () => {
  it('notifies systemd when it is ready and when it stops', async () => {
    const folder = folderWith('systemd', `port ${await workspace.claimPort()}\nsupervised systemd\ndaemonize yes\n`)
    // A stand-in for the helper that writes down what it was told.
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'systemd-notify'), `#!/bin/sh\nshift\nfor message; do echo "$message"; done >> ${folder}/told\n`)
    chmodSync(join(bin, 'systemd-notify'), 0o755)
    const told = () => readFileSync(join(folder, 'told'), 'utf8').trim().split('\n')
    const program = new Program('ours', workspace, {
      cwd: folder, args: ['sentinel.conf'],
      env: { NOTIFY_SOCKET: join(folder, 'socket'), PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
    })
    await eventually('readiness', () => {
      if (!told().includes('READY=1')) throw notYet(told().join())
    })
    expect((await program.endBy('SIGTERM')).code).toBe(0)
    expect(told()).toEqual(['STATUS=Redis is loading...', 'STATUS=Ready to accept connections', 'READY=1', 'STOPPING=1'])
  })
})
