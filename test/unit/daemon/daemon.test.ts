/** A sentinel as an object: started, looked at and stopped within this process (config.md 1.6 and 1.7). */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { loadConfig, nodeConfigEnvironment, readCommandLine, type LoadedConfig } from '../../../src/config/index.ts'
import { createDaemon, type Daemon, type DaemonOptions } from '../../../src/daemon/index.ts'

let folder: string
let daemon: Daemon | undefined
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'daemon-')) })
afterEach(async () => {
  await daemon?.stop()
  daemon = undefined
  rmSync(folder, { recursive: true, force: true })
})

const file = (name: string) => readFileSync(join(folder, name), 'utf8')

function load(lines: readonly string[]): LoadedConfig {
  writeFileSync(join(folder, 's.conf'), [
    'port 0', `unixsocket ${folder}/s.sock`, `logfile ${folder}/s.log`, 'loglevel debug', ...lines, '',
  ].join('\n'))
  const commandLine = readCommandLine('ts-sentinel', [join(folder, 's.conf')])
  if (commandLine.action !== 'run') throw new Error(commandLine.action)
  const loaded = loadConfig({ commandLine, environment: nodeConfigEnvironment(), validateUser: () => undefined })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure))
  return loaded.config
}

function create(lines: readonly string[], options: Partial<DaemonOptions> = {}): Daemon {
  daemon = createDaemon({ config: load(lines), environment: {}, ...options })
  return daemon
}

describe('a daemon', () => {
  it('starts, reports events, and stops once when asked', async () => {
    const sentinel = create(['sentinel monitor m 127.0.0.1 1 2'], {
      log: [{ level: 'notice', text: 'Reading config from stdin' }],
    })
    const events: string[] = []
    sentinel.events.subscribe(({ channel, payload }) => { events.push(`${channel} ${payload}`) })
    sentinel.events.subscribe(() => { throw new Error('a listener of somebody else') })
    expect(await sentinel.start()).toEqual({ ok: true })
    await vi.waitFor(() => { expect(events[0]).toBe('+monitor master m 127.0.0.1 1 quorum 2') })
    expect(sentinel.view.tunable('script-max-runtime')).toBe(60_000)
    expect(sentinel.health()).toHaveProperty('save')
    await Promise.all([sentinel.stop(), sentinel.stop()])
    await sentinel.stopped
    const log = file('s.log')
    expect(log).toMatch(/^\d+:X .* \* Reading config from stdin\n/)
    expect(log).toContain('failed at +monitor: Error: a listener of somebody else')
    expect(log).toMatch(/bye bye\.\.\.\n$/)
    expect(existsSync(join(folder, 's.sock'))).toBe(false)
  })

  it('leaves the title of a process that is not its own alone', async () => {
    const before = process.title
    await create([]).start()
    expect(process.title).toBe(before)
  })

  it('saves its id, writes the pid file in the background, and notifies the supervisor', async () => {
    // Without the right to write there, this is said and nothing else happens.
    const sentinel = create(['daemonize yes', 'pidfile /nonexistent/s.pid', 'maxclients 4000000000'])
    await sentinel.start()
    expect(file('s.conf')).toMatch(/sentinel myid [0-9a-f]{40}\n/)
    expect(file('s.log')).toContain('# Failed to write PID file: ')
    expect(file('s.log')).toMatch(/maxclients has been reduced to \d+ to compensate for low ulimit/)
    expect(file('s.conf')).toMatch(/^maxclients \d+$/m)
    expect(file('s.conf')).not.toContain('maxclients 4000000000')
  })

  it('runs the notification script of a master', async () => {
    const script = join(folder, 'notify')
    writeFileSync(script, `#!/bin/sh\necho "$@" >> ${folder}/called\n`, { mode: 0o755 })
    await create(['sentinel monitor m 127.0.0.1 1 2', `sentinel notification-script m ${script}`]).start()
    await vi.waitFor(() => {
      expect(file('called')).toBe('+monitor master m 127.0.0.1 1 quorum 2\n')
      // The script may run before the line about its start is written.
      expect(file('s.log')).toMatch(/ \. \+script-child \d+\n/)
    }, { timeout: 10_000 })
  })

  it('stops within a second while a node does not answer', async () => {
    const { server, port, sockets } = await silent()
    const sentinel = create([`sentinel monitor m 127.0.0.1 ${port} 2`, 'bind-source-addr 127.0.0.1'])
    await sentinel.start()
    await vi.waitFor(() => { expect(sockets.size).toBeGreaterThan(0) }, { timeout: 10_000 })
    const before = performance.now()
    await sentinel.stop()
    expect(performance.now() - before).toBeLessThan(1000)
    for (const socket of sockets) socket.destroy()
    server.close()
  })
})

async function silent(): Promise<{ server: Server, port: number, sockets: Set<Socket> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address')
  return { server, port: address.port, sockets }
}
