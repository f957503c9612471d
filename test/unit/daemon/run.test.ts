/** One run of the program, from the command line to the exit status: config.md 1.6, protocol.md 7.3. */
import { EventEmitter } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { readCommandLine } from '../../../src/config/index.ts'
import { type RunProcess, runDaemon } from '../../../src/daemon/run.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'run-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

class FakeProcess extends EventEmitter {
  readonly pid = process.pid
  readonly execPath: string = '/bin/true'
  readonly execArgv: string[] = []
  readonly argv = ['node', 'ts-sentinel.js', 's.conf']
  readonly env: NodeJS.ProcessEnv = {}
  readonly directories: string[] = []
  readonly exits: number[] = []
  printed = ''
  readonly stderr = { write: (text: string) => { this.printed += text } }
  umask() {
    return 0o077
  }

  cwd() {
    return '/where/it/started'
  }

  chdir(directory: string) {
    this.directories.push(directory)
  }

  kill() {
    return true
  }

  exit(status: number) {
    this.exits.push(status)
  }
}

/** A run with this configuration, which listens on a socket in the folder and logs to a file there. */
function run(config: readonly string[], process = new FakeProcess(), ...options: readonly string[]) {
  const file = join(folder, 's.conf')
  writeFileSync(file, [
    'port 0', `unixsocket ${folder}/s.sock`, `logfile ${folder}/s.log`, 'set-proc-title no', ...config, '',
  ].join('\n'))
  const commandLine = readCommandLine('ts-sentinel', [file, ...options])
  if (commandLine.action !== 'run') throw new Error(commandLine.action)
  return { process, status: runDaemon(commandLine, process as unknown as RunProcess) }
}

const log = () => existsSync(join(folder, 's.log')) ? readFileSync(join(folder, 's.log'), 'utf8') : ''
const logged = (text: string | RegExp) => vi.waitFor(() => { expect(log()).toMatch(text) }, { timeout: 10_000 })

async function ask(request: string): Promise<string> {
  const socket = createConnection({ path: join(folder, 's.sock') })
  socket.on('error', () => undefined)
  socket.write(`${request}\r\n`)
  const [reply] = await once(socket, 'data') as [Buffer]
  socket.destroy()
  return reply.toString()
}

describe('a run', () => {
  it('answers until a signal ends it with 0', async () => {
    const { process, status } = run(['sentinel monitor m 127.0.0.1 1 1', `pidfile ${folder}/s.pid`])
    await logged('Sentinel ID is')
    expect(await ask('PING')).toBe('+PONG\r\n')
    expect(await ask('INFO server')).toContain(`config_file:${folder}/s.conf\r\n`)
    expect(await ask('SENTINEL CONFIG SET loglevel debug')).toBe('+OK\r\n')
    expect(await ask('SENTINEL CONFIG GET loglevel')).toContain('debug')
    expect(await ask('SENTINEL SET m notification-script /nonexistent')).toContain('-ERR')
    expect(readFileSync(join(folder, 's.pid'), 'utf8')).toBe(`${process.pid}\n`)
    process.emit('SIGTERM')
    expect(await status).toBe(0)
    expect(log()).toMatch(/:signal-handler \(\d+\) Received SIGTERM scheduling shutdown\.\.\.\n[^]*bye bye\.\.\.\n$/)
    expect(existsSync(join(folder, 's.pid'))).toBe(false)
    // Nothing listens to the process any more.
    expect(process.listenerCount('SIGTERM')).toBe(0)
  })

  it('ends with 0 when a client orders it', async () => {
    const { status } = run([])
    await logged('Sentinel ID is')
    void ask('SHUTDOWN').catch(() => undefined)
    expect(await status).toBe(0)
  })

  it('ends with 1 at an unexpected error', async () => {
    const { process, status } = run([])
    await logged('Sentinel ID is')
    process.emit('uncaughtException', new Error('boom'))
    expect(process.exits).toEqual([1])
    expect(log()).toMatch(/# Fatal internal error: Error: boom/)
    process.emit('SIGTERM')
    await status
  })

  it('ends with 0 at SIGINT, also when a failure is to be simulated', async () => {
    const { process, status } = run(['sentinel monitor m 127.0.0.1 1 1'])
    await logged('Sentinel ID is')
    expect(await ask('SENTINEL SIMULATE-FAILURE crash-after-election')).toBe('+OK\r\n')
    process.emit('SIGINT')
    expect(await status).toBe(0)
    expect(process.exits).toEqual([])
  })
})

describe('a run that cannot start', () => {
  it('reports a bad configuration on standard error', async () => {
    const { process, status } = run(['foobar 1'])
    expect(await status).toBe(1)
    expect(process.printed).toBe([
      '', '*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***', 'Reading the configuration file, at line 5',
      ">>> 'foobar 1'", 'Bad directive or wrong number of arguments', '',
    ].join('\n'))
  })

  it('logs the reason when no listener can be opened', async () => {
    const { process, status } = run([`unixsocket ${folder}/none/s.sock`])
    expect(await status).toBe(1)
    expect(process.printed).toBe('')
    expect(log()).toContain('# Failed opening Unix socket: bind: No such file or directory')
  })
})

describe('daemonize yes', () => {
  it('starts the program again where it was started, and ends with 0', async () => {
    const { process, status } = run(['daemonize yes'])
    expect(await status).toBe(0)
    expect(process.directories).toEqual(['/where/it/started'])
    expect(log()).toBe('')
  })

  it('has no effect in the background itself', async () => {
    const process = new FakeProcess()
    process.env['TS_SENTINEL_IN_BACKGROUND'] = '1'
    const { status } = run(['daemonize yes', `pidfile ${folder}/s.pid`], process)
    await logged('Sentinel ID is')
    expect(process.env).toEqual({})
    process.emit('SIGTERM')
    expect(await status).toBe(0)
  })

  it('has no effect under a supervisor, which is notified', async () => {
    const process = new FakeProcess()
    process.env['NOTIFY_SOCKET'] = '/nonexistent/socket'
    process.env['PATH'] = '/nonexistent'
    const { status } = run(['daemonize yes', 'supervised auto'], process)
    await logged('systemd supervision error: systemd-notify cannot be run')
    await logged('Sentinel ID is')
    process.emit('SIGTERM')
    expect(await status).toBe(0)
    expect(readFileSync(join(folder, 's.conf'), 'utf8')).toContain('supervised systemd\n')
  })
})
