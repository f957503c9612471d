/** The process beside the genuine one: signals, files, title, log (config.md 1, protocol.md 7). */
import {
  chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync,
} from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CommandConnection, eventually, notYet, Workspace } from '../../src/harness/index.ts'
import { messagesOf, Program } from '../integration/process-program.ts'

type Kind = 'ours' | 'genuine'

let workspace: Workspace
let runs = 0
beforeAll(() => { workspace = new Workspace('process') })
afterAll(async () => { await workspace.remove() })

interface Started {
  readonly program: Program
  readonly folder: string
  readonly port: number
}

/** One that runs, in a folder of its own. `args` follow the config file. */
async function start(kind: Kind, config: readonly string[], args: readonly string[] = []): Promise<Started> {
  const folder = join(workspace.folder, `run-${runs += 1}`)
  mkdirSync(folder)
  const port = await workspace.claimPort()
  writeFileSync(join(folder, 'sentinel.conf'), [`port ${port}`, ...config, ''].join('\n'))
  const program = new Program(kind, workspace, { cwd: folder, args: ['sentinel.conf', ...args] })
  await eventually('the end of the start', () => {
    const log = join(folder, 's.log')
    const text = existsSync(log) ? readFileSync(log, 'utf8') : program.stdout
    // The last line of a start, and all that there is where such lines are not written.
    if (!/Sentinel ID is/.test(text) && !config.includes('loglevel warning')) throw notYet(text)
  })
  await eventually('an answer', () => ask(port, 'PING'))
  return { program, folder, port }
}

async function ask(port: number, ...words: [string, ...string[]]): Promise<unknown> {
  const connection = new CommandConnection({ host: '127.0.0.1', port })
  try {
    return await connection.call(words)
  } finally {
    connection.close()
  }
}

async function both<T>(work: (kind: Kind) => Promise<T>): Promise<{ readonly ours: T, readonly genuine: T }> {
  return { ours: await work('ours'), genuine: await work('genuine') }
}

describe('signals', () => {
  it.each(['SIGHUP', 'SIGPIPE'] as const)('%s changes nothing in either program', async (signal) => {
    const { ours, genuine } = await both(async (kind) => {
      const { program, port } = await start(kind, [])
      program.child.kill(signal)
      const answer = await ask(port, 'PING')
      return { answer, exit: (await program.endBy('SIGTERM')).code }
    })
    expect(ours).toEqual(genuine)
    expect(ours).toEqual({ answer: 'PONG', exit: 0 })
  })

  it.each(['SIGUSR1', 'SIGUSR2', 'SIGQUIT'] as const)('%s ends both programs at once, without a clean shutdown', async (signal) => {
    const { ours, genuine } = await both(async (kind) => {
      const { program, folder } = await start(kind, ['pidfile s.pid'])
      const exit = await program.endBy(signal)
      return { code: exit.code, signal: exit.signal, last: program.messages().at(-1), pidFile: existsSync(join(folder, 's.pid')) }
    })
    expect(ours).toEqual(genuine)
    expect(ours).toMatchObject({ signal, pidFile: true })
  })
})

describe('a stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s takes less than a second with 100 clients, a running script, and a node that never answers', async (signal) => {
      const silent = await silentNode()
      const { program, folder, port } = await start('ours', [
        'pidfile s.pid', 'unixsocket s.sock', 'sentinel deny-scripts-reconfig no',
        `sentinel monitor m 127.0.0.1 ${silent.port} 2`,
      ])
      const script = join(folder, 'notify')
      writeFileSync(script, `#!/bin/sh\necho $$ > ${join(folder, 'script.pid')}\nexec sleep 60 > /dev/null 2>&1\n`)
      chmodSync(script, 0o755)
      await ask(port, 'SENTINEL', 'SET', 'm', 'notification-script', script)
      const clients = await Promise.all(Array.from({ length: 100 }, async () => {
        const client = createConnection({ host: '127.0.0.1', port })
        client.on('error', () => undefined)
        client.write('SUBSCRIBE x\r\n')
        await once(client, 'data')
        return client
      }))
      const scriptPid = await eventually('a script that runs', () => {
        const text = readFileSync(join(folder, 'script.pid'), 'utf8')
        if (!text.endsWith('\n')) throw notYet(text)
        return Number(text)
      })
      workspace.adopt(scriptPid)
      await ask(port, 'SENTINEL', 'SET', 'm', 'quorum', '7')
      const exit = await program.endBy(signal)
      expect(exit).toMatchObject({ code: 0, signal: null })
      expect(exit.ms).toBeLessThan(1000)
      expect(existsSync(join(folder, 's.pid'))).toBe(false)
      expect(existsSync(join(folder, 's.sock'))).toBe(false)
      expect(readFileSync(join(folder, 'sentinel.conf'), 'utf8')).toContain(`sentinel monitor m 127.0.0.1 ${silent.port} 7\n`)
      // It is not waited for, and not killed either.
      expect(existsSync(`/proc/${scriptPid}/exe`)).toBe(true)
      process.kill(scriptPid, 'SIGKILL')
      workspace.release(scriptPid)
      for (const client of clients) client.destroy()
      await silent.close()
    })
})

/** Takes connections and says nothing. */
async function silentNode(): Promise<{ readonly port: number, close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address')
  return {
    port: address.port,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

describe('files', () => {
  it.each([0o022, 0o077, 0o002])('have the modes of umask %o', async (umask) => {
    const before = process.umask(umask)
    try {
      const { ours, genuine } = await both(async (kind) => {
        const { program, folder } = await start(kind, ['pidfile s.pid', 'logfile s.log', 'unixsocket s.sock'])
        const mode = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8)
        // Not the configuration's: ours keeps what its owner chose, where the genuine one makes it readable to all.
        const modes = Object.fromEntries(['s.pid', 's.log', 's.sock'].map((name) => [name, mode(name)]))
        await program.endBy('SIGTERM')
        return modes
      })
      expect(ours).toEqual(genuine)
    } finally {
      process.umask(before)
    }
  })

  it('a unix socket gets the permissions that the configuration names', async () => {
    const { ours, genuine } = await both(async (kind) => {
      const { program, folder } = await start(kind, [], ['--unixsocket', 's.sock', '--unixsocketperm', '770'])
      const mode = (statSync(join(folder, 's.sock')).mode & 0o777).toString(8)
      await program.endBy('SIGTERM')
      return mode
    })
    expect(ours).toBe(genuine)
    expect(ours).toBe('770')
  })

  it('the log file is opened again for each line, so it can be moved away', async () => {
    const { ours, genuine } = await both(async (kind) => {
      const { program, folder, port } = await start(kind, ['logfile s.log'])
      renameSync(join(folder, 's.log'), join(folder, 's.log.1'))
      await ask(port, 'SENTINEL', 'FLUSHCONFIG')
      await eventually('a line in the new file', () => readFileSync(join(folder, 's.log'), 'utf8'))
      await program.endBy('SIGTERM')
      const [older = '', newer = ''] = ['s.log.1', 's.log'].map((name) => readFileSync(join(folder, name), 'utf8'))
      return { older: messagesOf(older).at(-1), newer: messagesOf(newer), stdout: program.stdout }
    })
    expect(ours).toEqual(genuine)
    expect(ours.newer[0]).toBe('Sentinel new configuration saved on disk')
    expect(ours.stdout).toBe('')
  })

  it('a pid file that cannot be written does not stop the start', async () => {
    const { ours, genuine } = await both(async (kind) => {
      const { program } = await start(kind, ['pidfile /nonexistent/s.pid'])
      return (await program.endBy('SIGTERM')).code
    })
    expect(ours).toBe(genuine)
    expect(ours).toBe(0)
  })
})

describe('loglevel', () => {
  it.each(['debug', 'verbose', 'notice', 'warning'])('%s admits lines of this level and above', async (level) => {
    const { program } = await start('ours', [`loglevel ${level}`])
    await program.endBy('SIGTERM')
    const marks = new Set([...program.stdout.matchAll(/^\d+:X .*?\d\d\.\d{3} ([.*#-]) /gm)].map(([, mark]) => mark))
    const allowed = '.-*#'.slice(['debug', 'verbose', 'notice', 'warning'].indexOf(level))
    expect([...marks].filter((mark) => !allowed.includes(mark ?? ''))).toEqual([])
    expect(marks.has(allowed.charAt(0))).toBe(true)
    expect(program.stdout).toMatch(/:signal-handler \(\d+\) Received SIGTERM scheduling shutdown\.\.\.\n/)
  })
})

describe('the process title', () => {
  it.each([
    [[]], [['bind 127.0.0.1 ::1']], [['set-proc-title no']], [['unixsocket s.sock']],
    [['proc-title-template "x{port}y {server-mode} {unixsocket}{config-file}-{tls-port} {listen-addr}"']],
  ])('is that of the genuine program with %j', async (config) => {
    const { ours, genuine } = await both(async (kind) => {
      const { program, folder, port } = await start(kind, config)
      const title = await eventually('a title', () => {
        const words = readFileSync(`/proc/${program.pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        // The title of the template has the file as well, and may be cut behind it.
        const isFirst = words.endsWith('sentinel.conf') && !/ x\d+y /.test(words)
        if (config[0] !== 'set-proc-title no' && isFirst) throw notYet(words)
        return words
      })
      await program.endBy('SIGTERM')
      return { title, folder, port: String(port) }
    })
    // The first word is what the program was called as: node and a path for ours.
    const rest = (title: string) => title.replace(/^\S*(node \S+|sentinel)(?= )/, '<program>')
    const wanted = rest(genuine.title).replaceAll(genuine.folder, ours.folder).replaceAll(genuine.port, ours.port)
    // The system cuts a title of ours at the length of the command line, perhaps within a path or a number.
    expect(wanted.slice(0, rest(ours.title).length)).toBe(rest(ours.title))
    expect(rest(ours.title).length).toBeGreaterThan(20)
  })
})
