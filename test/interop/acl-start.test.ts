import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  claimPort, CommandConnection, genuineSentinel, messageOf, ourSentinel, type Reply, type SentinelProgram,
} from '../../src/harness/index.ts'
import { startProgram, type Target } from './replies/target.ts'

/** Users from the configuration and from an ACL file: what is refused, with which words, and what comes of the rest. */

let folder: string
let aclFile: string

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'acl-start-')))
  aclFile = join(folder, 'users.acl')
})

afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

const HASH = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

/** config.md 2.7, 8 and 10. */
const BAD_LINES: readonly string[] = [
  'user', 'user bob foo', 'user bob on foo', 'user bob on >x foo bar', 'user bob on\nuser bob off', 'user bob (+ping', 'user bob on (+ping x',
  'user bob #abc', 'user bob on resetkeys ~a ~* ~b', 'user bob &* &a', 'user bob on <x', `user bob !${HASH}`, 'user bob on +ping|', 'user bob on (foo)',
  'user bob on "~a b"', 'user bob +client|id|x', 'user bob on +nosuch', 'user bob on +get', 'user bob on -get +@read', 'user bob on +@nosuch',
  'user bob on +ping|x|y', 'user bob on -ping|x', 'user default on +nosuch', 'user bob on (+ping +foo)', 'user bob on "+ping "', 'user "b b" on',
  'user bob on +nosuch\nuser al on +foo', 'user bob on\nuser "b\\tb" on', 'user default on >x -@all -get',
]

const BAD_FILES: readonly string[] = [
  'bob on', 'user', 'user ', '# comment', 'USER bob on', 'user bob on +@foo', 'user bob on +foo +bar\nuser al on +baz', 'user bob on\nuser bob off', 'user bob "on"',
  'user "b b" on', 'user  bob on', 'user b\tb on', 'user bob bad +foo bad2', 'user bob +foo bad +foo2 bad3', 'user bob ~* ~a', 'user bob #zz', 'user bob (on)',
  'user bob +foo (+bar ~a)', 'user bob on\nuser al on\nfoo\nuser bob on zzz\n\n  \nuser', 'user bob on +ping|a|b ~* ~a', 'user bob on +@foo\nfoo\nuser bob on zzz\nuser bob on',
]

describe('a start with wrong users', () => {
  it.each(BAD_LINES)('fails with the message of the genuine program: %j', (lines) => {
    expect(start(ourSentinel(), lines)).toEqual(start(genuineSentinel(), lines))
  })

  it.each(BAD_FILES)('fails with the message of the genuine program for an ACL file: %j', (text) => {
    writeFileSync(aclFile, text)
    const lines = `aclfile ${aclFile}`
    expect(start(ourSentinel(), lines)).toEqual(start(genuineSentinel(), lines))
  })

  it('fails with the message of the genuine program when an ACL file is missing or is used together with user lines', () => {
    for (const lines of [`aclfile ${folder}/none.acl`, `aclfile ${aclFile}\nuser bob on`]) {
      expect(start(ourSentinel(), lines)).toEqual(start(genuineSentinel(), lines))
    }
  })
})

const GOOD_LINES: readonly string[] = [
  '', 'requirepass foo', 'requirepass foo\nuser default on nopass ~* +@all', 'requirepass foo\nuser bob on nopass +@all', 'user default on nopass ~* &* +@all',
  'user default off\nuser bob on nopass +@all', 'user default off nopass\nuser bob on nopass +@all &*', 'user default on nopass resetchannels +@all -shutdown',
  'user bob on >pw +sentinel|masters ~k* %R~r &c* (+ping ~x)', 'acl-pubsub-default allchannels\nuser bob on', 'acl-pubsub-default allchannels\nuser bob on (+ping)',
  'user bob on &a allchannels resetchannels &b\nuser al on +@all -sentinel|masters\nuser Zed off +ping -@all nopass +@fast', `user bob on #${HASH} skip-sanitize-payload +@all`,
  'user bob on +ping|x reset on', 'user default on >a >b ~* &* +@all', 'aclfile ""\nuser bob on',
]

describe('a start with user lines', () => {
  it.each(GOOD_LINES)('makes the users of the genuine program, also after the file was rewritten: %j', async (lines) => {
    const ours = await users(ourSentinel(), lines)
    const theirs = await users(genuineSentinel(), lines)
    expect(ours.list).toEqual(SILENT_DEFAULT.test(lines) ? theirs.list.map(withAllChannels) : theirs.list)
    // The lines are those that were there, and mean the same.
    const again = ours.lines.filter((line) => !line.startsWith('user admin ')).join('\n')
    expect((await users(ourSentinel(), again)).list).toEqual(ours.list)
  })
})

/** The original takes the channels from a default user whose line says nothing of them, as those of 6.0 do. */
const SILENT_DEFAULT = /^user default (?!.*(?:&|channels)).*$/m

function withAllChannels(line: string): string {
  return line.replace(/^(user default .*)resetchannels/, '$1&*')
}

describe('a user line that needs quotes', () => {
  // The original writes them bare: the first line becomes one about a user named `on`.
  it.each(['user "" on', 'user bob on "~with\\x01control" \'~"quoted"\''])('is written so that both programs read it back: %j', async (line) => {
    const written = await users(ourSentinel(), line)
    const again = written.lines.filter((one) => !one.startsWith('user admin ')).join('\n')
    for (const program of [ourSentinel(), genuineSentinel()]) {
      expect((await users(program, again)).names).toEqual(written.names)
    }
    expect(await users(ourSentinel(), again)).toEqual({
      names: written.names,
      list: written.list,
      lines: written.lines,
    })
  })
})

describe('a running sentinel with an ACL file', () => {
  let genuine: Target
  let ours: Target

  beforeAll(async () => {
    writeFileSync(aclFile, 'user al on nopass +@all\n')
    const claimed = await claimPort()
    const options = { masterPort: claimed.port, config: [`aclfile ${aclFile}`, 'requirepass unused'] }
    genuine = await startProgram(genuineSentinel(), options)
    ours = await startProgram(ourSentinel(), options)
    claimed.release()
  })

  afterAll(async () => {
    await ours.stop()
    await genuine.stop()
  })

  it.each([
    ...BAD_FILES, 'user bob on', '  user bob on  +ping   ~a \r\n\n', 'user bob  (+ping ~a) ', 'user default on nopass ~* &* +@all -role\nuser x off', '',
  ])('answers ACL LOAD as the genuine program does: %j', async (text) => {
    writeFileSync(aclFile, text)
    expect(await ask(ours, 'ACL', 'LOAD')).toEqual(await ask(genuine, 'ACL', 'LOAD'))
    const shown = (list: Reply) => (list as string[]).map((line) => line.replace(' sanitize-payload', ''))
    expect(shown(await ask(ours, 'ACL', 'LIST'))).toEqual(shown(await ask(genuine, 'ACL', 'LIST')))
  })

  it('writes at ACL SAVE the file that the genuine program writes and reads', async () => {
    for (const target of [ours, genuine]) {
      await ask(target, 'ACL', 'SETUSER', 'saved', 'on', '>pw', '~a"b', '&\u0001c', '+@all', '-role', '(+ping)')
    }
    expect(await ask(genuine, 'ACL', 'SAVE')).toBe('OK')
    const theirs = readFileSync(aclFile, 'utf8')
    expect(await ask(ours, 'ACL', 'SAVE')).toBe('OK')
    expect(readFileSync(aclFile, 'utf8')).toBe(theirs)
    expect(await ask(genuine, 'ACL', 'LOAD')).toBe('OK')
    expect(await ask(ours, 'ACL', 'LOAD')).toBe('OK')
  })

  it('keeps its users when the ACL file is missing at ACL LOAD', async () => {
    rmSync(aclFile)
    expect(await ask(ours, 'ACL', 'LOAD')).toEqual(await ask(genuine, 'ACL', 'LOAD'))
    expect(await ask(ours, 'ACL', 'USERS')).toContain('saved')
  })
})

interface Failure { readonly status: number | null, readonly said: readonly string[] }

/** Starts a program that must end by itself: the lines of its last complaint, without times and numbers. */
function start(program: SentinelProgram, lines: string): Failure {
  const path = join(folder, 'bad.conf')
  writeFileSync(path, `port 0\nunixsocket ${folder}/bad.sock\nsentinel monitor m 127.0.0.1 1 2\n${lines}\n`)
  const { file, args } = program.command(path)
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: folder, timeout: 10_000, encoding: 'utf8' })
  const banner = stderr.split('\n').filter((line) => line !== '')
  if (banner.length > 0) return { status, said: banner }
  // Control characters of texts from outside are escaped in our log.
  const logged = stdout.replaceAll('\t', '\\t').split('\n')
    .filter((line) => / # /.test(line)).map((line) => line.replace(/^.*? # /, ''))
  const from = logged.findLastIndex((line) => /^Configuration loaded$/.test(line))
  return { status, said: logged.slice(from + 1).filter((line) => !/TCP backlog|overcommit/.test(line)) }
}

interface Users {
  readonly names: Reply
  /** ACL LIST, without a flag that newer releases show. */
  readonly list: readonly string[]
  /** Of the rewritten file. */
  readonly lines: readonly string[]
}

/** The users of a program that starts, and the lines about them in the file that it writes. */
async function users(program: SentinelProgram, lines: string): Promise<Users> {
  const claimed = await claimPort()
  // `admin` is there so that somebody may ask.
  const target = await startProgram(program, {
    masterPort: claimed.port, config: [...lines.split('\n'), 'user admin on nopass +@all'],
  })
  try {
    const names = await askAs(ADMIN, target, ['ACL', 'USERS'])
    const shown = await askAs(ADMIN, target, ['ACL', 'LIST']) as readonly string[]
    const list = shown.map((line) => line.replace(/ sanitize-payload/g, ''))
    expect(await askAs(ADMIN, target, ['SENTINEL', 'FLUSHCONFIG'])).toBe('OK')
    const file = readFileSync(target.configFile, 'utf8')
    return { names, list, lines: file.split('\n').filter((line) => /^(?:user|requirepass|aclfile|acl-pubsub-default) /.test(line)) }
  } finally {
    await target.stop()
    claimed.release()
  }
}

const ADMIN = { username: 'admin', password: 'any' }

/** As the default user. */
async function ask(target: Target, ...request: readonly [string, ...string[]]): Promise<Reply> {
  return askAs({}, target, request)
}

async function askAs(
  login: Partial<typeof ADMIN>, target: Target, request: readonly [string, ...string[]],
): Promise<Reply> {
  const connection = new CommandConnection({ host: '127.0.0.1', port: target.port, ...login })
  return connection.call(request).catch((error: unknown) => `-${messageOf(error)}`).finally(() => { connection.close() })
}
