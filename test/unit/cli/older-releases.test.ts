import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { findingsOf } from '../../../src/cli/check/index.ts'
import { explainTool, statusTool } from '../../../src/cli/sentinel-tools/index.ts'
import { answeringServer, closeServers, fields, type Answers } from './answering-server.ts'

/** Releases that cannot be run here, played by a server that knows some requests and refuses others in its words. */

let folder: string

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'old-releases-')) })
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true })
  await closeServers()
})

const MASTER = {
  'name': 'mymaster', 'ip': '127.0.0.1', 'port': '6379', 'flags': 'master', 'last-ok-ping-reply': '100', 'quorum': '1',
  'down-after-milliseconds': '1000', 'failover-timeout': '180000', 'config-epoch': '0', 'num-slaves': '1',
}
const REPLICA = {
  'name': '127.0.0.1:6380', 'ip': '127.0.0.1', 'port': '6380', 'flags': 'slave', 'runid': 'a'.repeat(40), 'last-ok-ping-reply': '100',
  'info-refresh': '1000', 'master-link-down-time': '0', 'master-link-status': 'ok', 'slave-priority': '100', 'slave-repl-offset': '7',
}
const ODOWN = { ...MASTER, 'flags': 's_down,o_down,master', 's-down-time': '20000', 'o-down-time': '19000' }

interface SentinelOptions {
  readonly master?: Readonly<Record<string, string>>
  readonly hasReplicas?: boolean
  readonly hasCkquorum?: boolean
}

/** The words for a subcommand of SENTINEL that is not known. */
type Words = (subcommand: string) => string

const SENTINELS: readonly (readonly [release: string, words: Words, hasReplicas: boolean])[] = [
  ['2.8 to 4.0', (name) => `ERR Unknown sentinel subcommand '${name}'`, false],
  ['5.0 and 6.0', (name) => `ERR Unknown sentinel subcommand '${name}'`, true],
  ['6.2', (name) => `ERR Unknown subcommand or wrong number of arguments for '${name}'. Try SENTINEL HELP.`, true],
  ['7.0', (name) => `ERR unknown subcommand '${name}'. Try SENTINEL HELP.`, true],
]

function sentinel(
  words: Words, { master = MASTER, hasReplicas = true, hasCkquorum = true }: SentinelOptions = {},
): Promise<number> {
  return answeringServer({
    'SENTINEL MASTERS': [fields(master)],
    [hasReplicas ? 'SENTINEL REPLICAS' : 'SENTINEL SLAVES']: [fields(REPLICA)],
    'SENTINEL SENTINELS': [],
    ...hasCkquorum ? { 'SENTINEL CKQUORUM': 'OK 1 usable Sentinels. Quorum and failover authorization can be reached' } : {},
    'INFO': '# Sentinel\r\nsentinel_masters:1\r\nsentinel_tilt:0\r\n',
  }, ([, subcommand = '']) => words(subcommand))
}

async function run(tool: typeof explainTool, args: readonly string[]) {
  let text = ''
  const print = (part: string) => { text += part }
  const output = { print, printError: print, terminal: undefined, onInterrupt: () => () => undefined }
  return { status: await tool(args, output), text: () => text }
}

describe.each(SENTINELS)('the tools with an original sentinel of Redis %s', (_release, words, hasReplicas) => {
  it('status shows its replicas', async () => {
    const port = await sentinel(words, { hasReplicas })
    const { status, text } = await run(statusTool, [`127.0.0.1:${port}`])
    expect(text()).toContain('127.0.0.1:6380')
    expect(status).toBe(0)
  })

  it('explain reports that a failover would happen, from the replies of this release', async () => {
    const port = await sentinel(words, { hasReplicas })
    const { status, text } = await run(explainTool, [`127.0.0.1:${port}`, 'mymaster'])
    expect(text()).toContain('127.0.0.1:6380')
    expect(text()).toContain('If the master died now: yes')
    expect(status).toBe(0)
  })

  it('explain does not promise a failover when none has started long after the quorum agreed', async () => {
    const port = await sentinel(words, { hasReplicas, master: ODOWN })
    const { status, text } = await run(explainTool, [`127.0.0.1:${port}`, 'mymaster'])
    expect(text()).toMatch(/this sentinel has started no failover: it waits for 6 min/)
    expect(status).toBe(1)
  })
})

describe('status', () => {
  it('reports no problem when the release has no CKQUORUM', async () => {
    const port = await sentinel((name) => `ERR Unknown sentinel subcommand '${name}'`, { hasReplicas: false, hasCkquorum: false })
    const { status, text } = await run(statusTool, [`127.0.0.1:${port}`])
    expect(text()).toContain('this release has no SENTINEL CKQUORUM')
    expect(status).toBe(0)
  })

  it('reports that the list of replicas is refused instead of showing none', async () => {
    const port = await sentinel((name) => `NOPERM this user has no permissions to run the 'sentinel|${name.toLowerCase()}' command`, { hasReplicas: false })
    const { status, text } = await run(statusTool, [`127.0.0.1:${port}`])
    expect(text()).toContain('NOPERM')
    expect(status).toBe(2)
  })
})

interface DataNode {
  readonly version: string
  readonly settings: Readonly<Record<string, string>>
  readonly acl: Answers
}

async function checked({ version, settings, acl }: DataNode, line = '') {
  const config = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`CONFIG GET ${name}`.toUpperCase(), [name, value]]))
  const port = await answeringServer({
    'PING': 'PONG',
    'INFO': `redis_version:${version}\r\nrole:master\r\nconnected_slaves:1\r\nslave0:ip=127.0.0.1,port=1,state=online,offset=1,lag=0\r\n`,
    'COMMAND INFO': [],
    'CONFIG GET': [],
    ...config,
    ...acl,
  }, ([command = '']) => `ERR unknown command '${command}'`)
  const file = join(folder, 'sentinel.conf')
  writeFileSync(file, `sentinel monitor m 127.0.0.1 ${port} 2\n${line}\n`)
  const findings = await findingsOf({ file, offline: false, admin: undefined })
  if (typeof findings === 'string') throw new Error(findings)
  return findings.filter(({ where }) => where === `127.0.0.1:${port}`)
}

const OLD_SETTINGS = { 'requirepass': 'x', 'masterauth': '', 'min-slaves-to-write': '0', 'slave-announce-ip': '' }
const SETTINGS = { ...OLD_SETTINGS, 'masteruser': '', 'min-replicas-to-write': '0', 'replica-announce-ip': '' }

describe('check with data nodes of older releases', () => {
  it('advises a node of 4.0 with names that it knows, and not about users', async () => {
    const findings = await checked({ version: '4.0.8', settings: OLD_SETTINGS, acl: {} })
    const text = JSON.stringify(findings)
    expect(findings.map(({ code }) => code)).toEqual(['min-replicas', 'master-without-masterauth'])
    expect(text).toContain('min-slaves-to-write 1')
    expect(text).toContain('min-slaves-max-lag 10')
    expect(text).not.toMatch(/ACL|masteruser|min-replicas-to/)
  })

  it('advises to remove auth-user where a node has no users', async () => {
    const acl = { 'AUTH U': '-ERR wrong number of arguments for \'auth\' command' }
    const findings = await checked({ version: '5.0.1', settings: SETTINGS, acl }, 'sentinel auth-user m u\nsentinel auth-pass m p')
    expect(findings.map(({ code, todo }) => [code, todo])).toEqual([['auth-wrong', 'remove auth-user: Redis before 6 has no users']])
  })

  const NO_DRYRUN = { 'ACL WHOAMI': 'default', 'ACL DRYRUN': '-ERR Unknown subcommand or wrong number of arguments for \'DRYRUN\'. Try ACL HELP.' }

  it('reports nothing about a user of 6.x that has all rights', async () => {
    const acl = { ...NO_DRYRUN, 'ACL GETUSER': ['flags', ['on', 'nopass'], 'passwords', [], 'commands', '+@all', 'keys', ['*']] }
    const findings = await checked({ version: '6.0.9', settings: SETTINGS, acl })
    expect(findings.map(({ code }) => code)).not.toContain('rights-unchecked')
    expect(JSON.stringify(findings)).toContain('min-replicas-to-write 1')
  })

  it('shows the rules of another user of 6.x, and asks for no rights that 6.x does not have', async () => {
    const acl = { ...NO_DRYRUN, 'ACL GETUSER': ['flags', ['on'], 'passwords', [], 'commands', '+@all -debug', 'keys', ['*']] }
    const [found] = (await checked({ version: '6.2.1', settings: SETTINGS, acl })).filter(({ code }) => code === 'rights-unchecked')
    expect(found?.what).toContain('the rules of the user \'default\' are "+@all -debug"')
    expect(found?.todo).toMatch(/^compare them with the rights that a sentinel needs: /)
  })
})
