/** Command lines and start failures, through the whole program, beside the genuine one (config.md 1, 4.1 and 10). */
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { eventually, notYet, ourSentinel, Workspace } from '../../src/harness/index.ts'
import { asOursWrites, withoutUsers } from './config-differences.ts'
import { Program } from '../integration/process-program.ts'

type Kind = 'ours' | 'genuine'

let workspace: Workspace
let runs = 0
/** Two ports that stand as P1 and P2 in configurations and arguments; both programs use them, one after the other. */
let ports: readonly [number, number]
beforeAll(async () => {
  workspace = new Workspace('start')
  ports = [await workspace.claimPort(), await workspace.claimPort()]
})
afterAll(async () => { await workspace.remove() })

interface Row {
  readonly config?: string
  readonly args?: readonly string[]
  readonly stdin?: string
  readonly files?: Readonly<Record<string, string>>
}

const filled = (text: string) => text.replaceAll('P1', String(ports[0])).replaceAll('P2', String(ports[1]))

function start(kind: Kind, { config = '', args = ['s.conf'], stdin = '', files = {} }: Row) {
  const folder = join(workspace.folder, `run-${runs += 1}`)
  mkdirSync(folder)
  for (const [name, text] of Object.entries({ 's.conf': config, ...files })) {
    writeFileSync(join(folder, name), filled(text))
  }
  const program = new Program(kind, workspace, { cwd: folder, args: args.map(filled), stdin: filled(stdin) })
  return { folder, program }
}

function hide(text: string, folder: string): string {
  return text.replaceAll(folder, '<folder>').replaceAll(String(ports[0]), 'P1').replaceAll(String(ports[1]), 'P2')
}

describe('a start that fails', () => {
  async function failure(kind: Kind, row: Row) {
    const { folder, program } = start(kind, row)
    const { code } = await program.end()
    const messages = program.messages().map((line) => hide(line, folder))
      // The genuine program listens first and looks at its users then; ours listens when all is well.
      .filter((line) => line !== 'Running mode=sentinel, port=P1.')
    return { code, messages, stderr: hide(program.stderr, folder) }
  }

  it.each<[string, Row]>([
    ['no argument at all', { args: [] }],
    ['options without a file', { args: ['--port', 'P1'] }],
    ['standard input without a file', { args: ['-'], stdin: 'port P1\n' }],
    ['a missing file', { args: ['none.conf'] }],
    ['a missing include', { config: 'port P1\ninclude none.conf\n' }],
    ['a special word behind the file', { args: ['s.conf', '--version'] }],
    ['another one', { args: ['s.conf', '-v'] }],
    ['--check-system behind the file', { args: ['s.conf', '--check-system'] }],
    ['a dash in the middle', { args: ['s.conf', '-', '--port', 'P1'] }],
    ['a bad line on standard input', { config: 'port P1\n', args: ['s.conf', '-'], stdin: 'timeout 5\nfoo 1\n' }],
    ['two texts glued together', { config: 'port P1', args: ['s.conf', '-'], stdin: 'timeout 5' }],
    ['a value that looks like an option', { args: ['s.conf', '--timeout', '--port', 'P1'] }],
    ['a bad master option', { config: 'port P1\n', args: ['s.conf', '--sentinel', 'monitor', 'm', '127.0.0.1', '6379', '0'] }],
    ['a bad line of an include', { config: 'port P1\ninclude i.conf\n', files: { 'i.conf': '\n\nfoo\n' } }],
    ['an unknown command in an ACL rule', { config: 'port P1\nuser bob on +nosuch\n' }],
    ['a user name with a blank', { config: 'port P1\nuser "bo b" on\n' }],
    ['a missing ACL file', { config: 'port P1\naclfile none.acl\n' }],
    ['a bad line of an ACL file', { config: 'port P1\naclfile u.acl\n', files: { 'u.acl': 'user bob on +@foo\n' } }],
    ['an ACL file and user lines', {
      config: 'port P1\naclfile u.acl\nuser bob on\n', files: { 'u.acl': 'user bob on\n' },
    }],
    ['an address of somebody else', { config: 'port P1\nbind 8.8.8.8\n' }],
    ['a text that is no address', { config: 'port P1\nbind 300.1.1.1\n' }],
    ['the same address twice', { config: 'port P1\nbind 127.0.0.1 127.0.0.1\n' }],
    ['all optional addresses missing', { config: 'port P1\nbind -8.8.8.8\n' }],
    ['nothing to listen on', { config: 'port 0\n' }],
    ['no address to listen on', { config: 'port P1\nbind ""\n' }],
    ['a unix socket in a folder that is not there', { config: 'port 0\nunixsocket none/s.sock\n' }],
  ])('has the messages and the status of the genuine program: %s', async (_what, row) => {
    const genuine = await failure('genuine', row)
    expect(await failure('ours', row)).toEqual(genuine)
    expect(genuine.code).toBe(1)
  })

  it('is logged in the log file that was named before the mistake', async () => {
    const logs = await Promise.all((['ours', 'genuine'] as const).map(async (kind) => {
      const { folder, program } = start(kind, { config: 'logfile s.log\nport 0\n' })
      expect((await program.end()).code).toBe(1)
      expect(program.stdout + program.stderr).toBe('')
      return readFileSync(join(folder, 's.log'), 'utf8').trim().split('\n').map((line) => line.slice(line.lastIndexOf('#') + 2))
    }))
    expect(logs[0]?.at(-1)).toBe(logs[1]?.at(-1))
    expect(logs[0]?.at(-1)).toBe('Configured to not listen anywhere, exiting.')
  })
})

describe('a start that succeeds', () => {
  const PLACES = [
    { host: '127.0.0.1', port: 0 }, { host: '::1', port: 0 }, { host: '127.0.0.2', port: 0 },
    { host: '127.0.0.1', port: 1 }, { path: 's.sock' },
  ]

  /** Which of the places answer. */
  async function answering(folder: string): Promise<string[]> {
    const found: string[] = []
    for (const place of PLACES) {
      const { host, port, path } = { host: undefined, port: undefined, path: undefined, ...place }
      const socket = path === undefined
        ? createConnection({ host, port: ports[port === 1 ? 1 : 0] })
        : createConnection({ path: join(folder, path) })
      try {
        await once(socket, 'connect')
        socket.write('PING\r\n')
        const [reply] = await once(socket, 'data') as [Buffer]
        found.push(`${path ?? `${host} P${(port ?? 0) + 1}`} ${reply.toString().trim()}`)
      } catch {
        // Nobody listens there.
      } finally {
        socket.destroy()
      }
    }
    return found
  }

  /** Options of the command line, as the lines that they stand for. */
  const args = (row: Row) => (row.args ?? []).map((word) => word.replace(/^--/, ''))

  async function success(kind: Kind, row: Row) {
    const { folder, program } = start(kind, row)
    await eventually('a start', () => {
      if (!program.stdout.includes('Sentinel ID is')) throw notYet(program.stdout + program.stderr)
    }, { timeoutMs: 10_000 })
    const places = await answering(folder)
    const { code } = await program.endBy('SIGTERM')
    const written = readFileSync(join(folder, 's.conf'), 'latin1')
    const before = [row.config ?? '', row.stdin ?? '', ...args(row)].join('\n')
    const file = (kind === 'ours' ? withoutUsers(written) : asOursWrites(written, before))
      .replace(/\b[0-9a-f]{40}\b/g, 'ID')
      // The newer release of the specification says this of every user.
      .replaceAll(' sanitize-payload', '')
    return {
      code, places, messages: program.messages().map((line) => hide(line, folder)),
      // The genuine program adds lines in the order of a hash table with a random seed.
      file: hide(file, folder).split('\n').sort(),
    }
  }

  it.each<[string, Row]>([
    ['options behind the file', { args: ['s.conf', '--port', 'P1', '--timeout', '7'] }],
    ['an option and its value in one word', { args: ['s.conf', '--port P1', '--sentinel monitor m 127.0.0.1 P2 2'] }],
    ['--sentinel alone and with words', { args: ['s.conf', '--sentinel', '--port', 'P1', '--sentinel', 'monitor', 'm', '::1', 'P2', '2'] }],
    ['words that are no option', { config: 'port P1\n', args: ['s.conf', 'timeout', '5'] }],
    ['--save without a value', { config: 'port P1\n', args: ['s.conf', '--save', '--timeout', '9'] }],
    ['standard input first', { config: 'timeout 1\nport P2\n', args: ['s.conf', '-'], stdin: 'port P1\ntimeout 2\n' }],
    ['standard input and options', { config: 'port P2\n', args: ['s.conf', '--timeout', '3', '-'], stdin: '\nport P1\n' }],
    ['several addresses', { config: 'port P1\nbind 127.0.0.1 ::1\n' }],
    ['one of two optional addresses', { config: 'port P1\nbind -8.8.8.8 127.0.0.2\n' }],
    ['all addresses of IPv6', { config: 'port P1\nbind ::*\n' }],
    ['addresses as one word of the command line', { config: 'port P1\n', args: ['s.conf', '--bind', '127.0.0.1 -::1'] }],
    ['addresses as several words', { config: 'port P1\n', args: ['s.conf', '--bind', '127.0.0.1', '-::1'] }],
    ['a unix socket beside TCP', { config: 'port P1\nunixsocket s.sock\nunixsocketperm 700\n' }],
    ['a unix socket alone', { config: 'port 0\nunixsocket s.sock\n' }],
    ['includes by pattern', {
      config: 'include i*.conf\ninclude none*.conf\ntimeout 6\n', files: { 'i1.conf': 'port P2\n', 'i2.conf': 'port P1\ntimeout 5\n' },
    }],
    ['renamed commands', { config: 'port P1\nrename-command ping ""\nrename-command INFO hidden\n' }],
    ['data-node directives', { config: 'port P1\nsave 900 1\nmaxmemory 100mb\nappendfsync no\nhz 1000\n' }],
    ['CRLF, tabs and comments', { config: '# c\r\n\tport P1\r\n\r\nTIMEOUT "8"\r\n' }],
  ])('has the log lines, listeners and file of the genuine program: %s', async (_what, row) => {
    const genuine = await success('genuine', row)
    expect(await success('ours', row)).toEqual(genuine)
    expect(genuine.places).not.toEqual([])
  })
})

describe('the name of the program', () => {
  it.each([
    ['my-redis-sentinel-2', [], true], ['redis-server', ['--sentinel'], true], ['redis-server', [], false],
    ['valkey-sentinel', [], true],
  ] as const)('makes %s %j a Sentinel: %s', async (name, args, isSentinel) => {
    const folder = join(workspace.folder, `run-${runs += 1}`)
    mkdirSync(folder)
    const script = ourSentinel().command('').args.at(-2) ?? ''
    // A copy of the bundle under another name would do as well; operators link.
    symlinkSync(script, join(folder, name))
    chmodSync(script, 0o755)
    writeFileSync(join(folder, 's.conf'), filled('port P1\nsentinel monitor m 127.0.0.1 P2 1\n'))
    const program = new Program('ours', workspace, {
      cwd: folder, args: ['s.conf', ...args], program: { file: join(folder, name), args: [] },
    })
    if (isSentinel) {
      await program.logged('Sentinel ID is')
      expect((await program.endBy('SIGTERM')).code).toBe(0)
    } else {
      expect((await program.end()).code).toBe(1)
      expect(program.stderr).toContain('sentinel directive while not in sentinel mode')
    }
  })
})
