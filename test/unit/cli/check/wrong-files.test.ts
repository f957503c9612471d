/** Files that operators write by mistake: each is reported with its file, its line and what to do. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import type { Finding } from '../../../../src/cli/check/finding.ts'
import { check as runCheck, findingsOf } from '../../../../src/cli/check/index.ts'
import { exitStatus } from '../../../../src/cli/check/report-text.ts'
import { checkTls } from '../../../../src/cli/check/tls-rules.ts'
import { loadFile } from '../../../../src/cli/check/loaded-file.ts'
import { CertificateAuthority } from '../../../../src/harness/certificates.ts'
import { readDocument } from '../../../documents/read-document.ts'
import { codeBlocks } from '../../../tidy/code-blocks.ts'
import { documents, filesUnder, readProjectFile } from '../../../tidy/project-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-wrong-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

const MONITOR = 'sentinel monitor mymaster 10.0.0.1 6379 2'
const ID = 'a'.repeat(40)
const peer = (last: number, letter: string, name = 'mymaster') => `sentinel known-sentinel ${name} 10.0.0.${last} 26379 ${letter.repeat(40)}`

let files = 0

/** Writes a file of a new folder, with nothing beside it. */
function write(text: string, name = 'sentinel.conf'): string {
  const place = join(folder, String(files += 1))
  mkdirSync(place)
  const path = join(place, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

async function check(file: string, settings?: string): Promise<readonly Finding[]> {
  const found = await findingsOf({ file, settings, offline: true, admin: undefined })
  if (typeof found === 'string') throw new Error(found)
  return found
}

interface Wrong {
  readonly what: string
  readonly lines: readonly string[]
  readonly code: string
  /** Number of the line that is named; 0 for the file. */
  readonly line: number
  readonly todo: RegExp
  /** Whether the finding makes the check fail; default true. */
  readonly isAdvice?: boolean
}

const WRONG: readonly Wrong[] = [
  { what: 'failover-timeout in seconds', lines: [MONITOR, 'sentinel failover-timeout mymaster 10'], code: 'failover-timeout-short', line: 2, todo: /the unit is milliseconds, so 10 s is 10000/ },
  { what: 'down-after-milliseconds in seconds', lines: [MONITOR, 'sentinel down-after-milliseconds mymaster 30'], code: 'down-after-short', line: 2, todo: /30 s is 30000/ },
  { what: 'down-after-milliseconds with a factor of 1000 too many', lines: [MONITOR, 'sentinel down-after-milliseconds mymaster 5000000'], code: 'down-after-long', line: 2, todo: /3000 to 30000/ },
  { what: 'a failover-timeout of hours', lines: [MONITOR, 'sentinel failover-timeout mymaster 7200000'], code: 'failover-timeout-long', line: 2, todo: /60000 to 180000/, isAdvice: true },
  { what: 'quorum 9 in a new file', lines: ['port 26379', 'sentinel monitor mymaster 10.0.0.1 6379 9'], code: 'quorum-large', line: 2, todo: /2 of 3, 3 of 5; 9 is right for 17 sentinels/ },
  { what: 'a quorum of all sentinels', lines: ['sentinel monitor mymaster 10.0.0.1 6379 3', peer(2, 'b'), peer(3, 'c')], code: 'quorum-is-all', line: 1, todo: /lower the quorum to 2/ },
  { what: 'the redis.conf of a data node', lines: ['bind 0.0.0.0', 'port 6379', 'appendonly yes', 'requirepass secret'], code: 'not-a-sentinel-file', line: 3, todo: /give the sentinel\.conf/ },
  { what: 'a short redis.conf', lines: ['bind 0.0.0.0', 'port 6379'], code: 'not-a-sentinel-file', line: 2, todo: /give the sentinel\.conf/ },
  { what: 'the redis.conf of a release that is not known', lines: ['save 900 1', 'new-directive-of-redis-9 1'], code: 'not-a-sentinel-file', line: 1, todo: /give the sentinel\.conf/ },
  { what: 'no monitor line', lines: ['port 26379'], code: 'no-masters', line: 0, todo: /add the line `sentinel monitor/ },
  { what: 'an empty file', lines: [], code: 'no-masters', line: 0, todo: /add the line `sentinel monitor/ },
  { what: 'a host name without resolve-hostnames', lines: ['port 26379', 'sentinel monitor mymaster redis-0.example 6379 2'], code: 'not-loadable', line: 2, todo: /^add the line `sentinel resolve-hostnames yes` on every sentinel/ },
  { what: 'localhost without resolve-hostnames', lines: ['sentinel monitor mymaster localhost 6379 2'], code: 'not-loadable', line: 1, todo: /resolve-hostnames yes/ },
  { what: 'an IPv6 address with brackets', lines: ['sentinel monitor mymaster [2001:db8::1] 6379 2'], code: 'not-loadable', line: 1, todo: /without brackets: 2001:db8::1/ },
  { what: 'an address with a number above 255', lines: ['sentinel monitor mymaster 10.0.0.300 6379 2'], code: 'not-loadable', line: 1, todo: /four numbers from 0 to 255/ },
  { what: 'a comment behind a directive', lines: ['sentinel monitor mymaster 10.0.0.1 6379 2 # main'], code: 'not-loadable', line: 1, todo: /move the comment to a line of its own/ },
  { what: 'a monitor line without quorum', lines: ['sentinel monitor mymaster 10.0.0.1 6379'], code: 'not-loadable', line: 1, todo: /sentinel monitor <name> <address> <port> <quorum>/ },
  { what: 'a misspelt sentinel directive', lines: [MONITOR, 'sentinel down-after-millisecond mymaster 5000'], code: 'not-loadable', line: 2, todo: /write down-after-milliseconds in the place of down-after-millisecond/ },
  { what: 'a misspelt directive', lines: [MONITOR, 'protectedmode no'], code: 'not-loadable', line: 2, todo: /write protected-mode in the place of protectedmode/ },
  { what: 'a line without the word sentinel', lines: [MONITOR, 'down-after-milliseconds mymaster 5000'], code: 'not-loadable', line: 2, todo: /begin the line with the word sentinel/ },
  { what: 'a quorum line', lines: [MONITOR, 'sentinel quorum mymaster 2'], code: 'not-loadable', line: 2, todo: /the quorum is the last word of the line `sentinel monitor`/ },
  { what: 'a standard directive with the word sentinel', lines: [MONITOR, 'sentinel loglevel debug'], code: 'not-loadable', line: 2, todo: /without the word sentinel: `loglevel debug`/ },
  { what: 'the settings of a master that is not monitored', lines: [MONITOR, 'sentinel auth-pass mymastr secret'], code: 'not-loadable', line: 2, todo: /write the name of a monitored master \(mymaster\)/ },
  { what: 'one name for two masters', lines: [MONITOR, 'sentinel monitor mymaster 10.0.0.9 6379 2'], code: 'not-loadable', line: 2, todo: /give one of the two masters named mymaster another name/ },
  { what: 'a password with blanks', lines: [MONITOR, 'sentinel auth-pass mymaster two words'], code: 'not-loadable', line: 2, todo: /put values with blanks in double quotes/ },
  { what: 'a script that is not executable', lines: [MONITOR, 'sentinel notification-script mymaster /nowhere/notify.sh'], code: 'not-loadable', line: 2, todo: /create \/nowhere\/notify\.sh and run chmod \+x/ },
  { what: 'a folder that does not exist', lines: [MONITOR, 'dir /nowhere/at/all'], code: 'not-loadable', line: 2, todo: /create the folder \/nowhere\/at\/all/ },
  { what: 'a byte order mark', lines: ['\ufeffport 26379', MONITOR], code: 'not-loadable', line: 1, todo: /without a byte order mark/ },
  { what: 'a master at the address of the sentinel', lines: ['port 26379', 'sentinel monitor mymaster 127.0.0.1 26379 2'], code: 'monitors-itself', line: 2, todo: /address of the master, a data node/ },
  { what: 'the port of another sentinel', lines: ['sentinel monitor mymaster 10.0.0.1 26379 2'], code: 'monitor-sentinel-port', line: 1, todo: /6379 is usual/ },
  { what: '127.0.0.1 in a fleet', lines: ['sentinel monitor mymaster 127.0.0.1 6379 2', peer(2, 'b'), peer(3, 'c')], code: 'monitor-loopback', line: 1, todo: /that all sentinels, replicas and clients can reach/ },
  { what: 'the same id as another sentinel', lines: [`sentinel myid ${ID}`, MONITOR, peer(2, 'a'), peer(3, 'c')], code: 'same-id', line: 3, todo: /remove the line `sentinel myid`/ },
  { what: 'the announced address of another sentinel', lines: [MONITOR, 'sentinel announce-ip 10.0.0.2', peer(2, 'b'), peer(3, 'c')], code: 'announce-of-other', line: 2, todo: /announce the address at which the others reach this sentinel/ },
  { what: 'the announced address of the master', lines: [MONITOR, 'sentinel announce-ip 10.0.0.1', 'sentinel announce-port 6379'], code: 'announce-of-node', line: 2, todo: /26379 is the usual port/ },
  { what: 'an announced address with a port', lines: [MONITOR, 'sentinel announce-ip 10.0.0.2:26379'], code: 'announce-with-port', line: 2, todo: /`sentinel announce-ip 10\.0\.0\.2` and `sentinel announce-port 26379`/ },
  { what: 'nothing that listens', lines: ['port 0', MONITOR], code: 'not-listening', line: 1, todo: /write `port 26379`/ },
  { what: 'a user without a password for the nodes', lines: [MONITOR, 'sentinel auth-user mymaster sentinel'], code: 'auth-user-alone', line: 2, todo: /add the line `sentinel auth-pass mymaster <password>`/ },
  { what: 'a user without a password for the sentinels', lines: [MONITOR, 'sentinel sentinel-user sentinel'], code: 'sentinel-user-alone', line: 2, todo: /sentinel sentinel-pass <password>/ },
  { what: 'masterauth in the place of auth-pass', lines: [MONITOR, 'masterauth secret'], code: 'masterauth-without-effect', line: 2, todo: /write `sentinel auth-pass mymaster <password>` in its place/ },
  { what: 'a variable in the place of a password', lines: [MONITOR, 'sentinel auth-pass mymaster ${REDIS_PASSWORD}'], code: 'placeholder', line: 2, todo: /envsubst/ },
  { what: 'a variable in the place of the announced address', lines: [MONITOR, 'sentinel announce-ip ${POD_IP}'], code: 'placeholder', line: 2, todo: /envsubst/ },
  { what: 'a placeholder in the place of a password', lines: [MONITOR, 'requirepass <password>'], code: 'placeholder', line: 2, todo: /write the value/ },
  { what: 'another password for the sentinels than theirs', lines: [MONITOR, 'requirepass one', 'sentinel sentinel-pass two'], code: 'sentinel-pass-refused', line: 3, todo: /the same password in requirepass and sentinel-pass/ },
  { what: 'a user of the sentinels that does not exist', lines: [MONITOR, 'requirepass one', 'sentinel sentinel-user peer', 'sentinel sentinel-pass two'], code: 'sentinel-pass-refused', line: 4, todo: /define the user peer/ },
  { what: 'a password that the line `user default` overrides', lines: [MONITOR, 'requirepass new', 'user default on nopass ~* &* +@all'], code: 'requirepass-ignored', line: 2, todo: /change the password of the user default there/ },
  { what: 'a login that the sentinels do not have', lines: [MONITOR, 'user default on >secret ~* &* +@all'], code: 'sentinel-pass-missing', line: 2, todo: /sentinel sentinel-pass/ },
  { what: 'an ACL file that is missing', lines: [MONITOR, 'aclfile /nowhere/users.acl'], code: 'users-not-loadable', line: 2, todo: /\/nowhere\/users\.acl/ },
  { what: 'TLS to others, and no TLS port', lines: [MONITOR, 'tls-replication yes', 'tls-cert-file CERT', 'tls-key-file KEY', 'tls-ca-cert-file CA'], code: 'tls-port-missing', line: 2, todo: /`tls-port 26379`/ },
  { what: 'a TLS port, and no TLS to others', lines: [MONITOR, 'port 0', 'tls-port 26379', 'tls-cert-file CERT', 'tls-key-file KEY', 'tls-ca-cert-file CA'], code: 'tls-replication-missing', line: 3, todo: /`tls-replication yes`/ },
  { what: 'certificates that nothing uses', lines: [MONITOR, 'tls-cert-file CERT', 'tls-key-file KEY', 'tls-ca-cert-file CA'], code: 'tls-unused', line: 2, todo: /`tls-port 26379`/ },
  { what: 'a certificate without its key', lines: [MONITOR, 'tls-port 26380', 'tls-replication yes', 'tls-cert-file CERT', 'tls-ca-cert-file CA'], code: 'tls-files', line: 2, todo: /add the line `tls-key-file <path>`/ },
  { what: 'TLS without a trusted certificate', lines: [MONITOR, 'tls-port 26380', 'tls-replication yes', 'tls-cert-file CERT', 'tls-key-file KEY'], code: 'tls-files', line: 2, todo: /add the line `tls-ca-cert-file <path>`/ },
  { what: 'a certificate that does not exist', lines: [MONITOR, 'tls-port 26380', 'tls-replication yes', 'tls-cert-file /nowhere/cert', 'tls-key-file KEY', 'tls-ca-cert-file CA'], code: 'tls-files', line: 4, todo: /correct this file/ },
  { what: 'half of an identity of links', lines: [MONITOR, 'tls-port 26380', 'tls-replication yes', 'tls-cert-file CERT', 'tls-key-file KEY', 'tls-ca-cert-file CA', 'tls-client-cert-file CERT'], code: 'tls-client-identity-half', line: 7, todo: /tls-client-key-file <path>/ },
  { what: 'lines of a replica', lines: [MONITOR, 'replicaof 10.0.0.1 6379', 'appendonly yes'], code: 'data-node-lines', line: 2, todo: /move such lines to the redis\.conf/ },
  { what: 'lines of a data node', lines: [MONITOR, 'maxmemory 1gb'], code: 'data-node-lines', line: 2, todo: /move such lines to the redis\.conf/, isAdvice: true },
]

const authority = new CertificateAuthority(folder)
const { cert, key } = authority.issue('sentinel')

function withFiles(line: string): string {
  return line.replace(/\bCERT$/, cert).replace(/\bKEY$/, key).replace(/\bCA$/, authority.cert)
}

describe('check of a wrong file', () => {
  it.each(WRONG.map((wrong) => [wrong.what, wrong] as const))('names the line, and what to do: %s', async (_what, wrong) => {
    const file = write(wrong.lines.map((line) => `${withFiles(line)}\n`).join(''))
    const found = await check(file)
    const finding = found.find(({ code }) => code === wrong.code)
    expect(finding, JSON.stringify(found, undefined, 1)).toBeDefined()
    expect(finding?.where).toBe(wrong.line === 0 ? file : `${file}:${wrong.line}`)
    expect(finding?.todo).toMatch(wrong.todo)
    expect(exitStatus(found)).toBe(wrong.isAdvice === true ? 0 : 1)
    // One mistake gives one finding.
    expect(found.map(({ code }) => code)).toEqual([wrong.code])
  })

  it('names every line that prevents the start, not only the first one', async () => {
    const file = write(['sentinel monitor one redis-1 6379 2', 'sentinel auth-pass one x', MONITOR, 'port 1x', 'sentinel down-after-millis mymaster 1000', ''].join('\n'))
    expect((await check(file)).map(({ where }) => where)).toEqual([`${file}:4`, `${file}:1`, `${file}:5`])
  })

  it.each([
    ['[http]\nlisten = 127.0.0.1:26380\n', 'an INI file'], ['{"masters": []}\n', 'a JSON file'],
    ['apiVersion: v1\nkind: ConfigMap\n', 'a YAML file'], ['REDIS0011\xfa\tredis-ver', 'a dump of a data node'],
    ['-----BEGIN CERTIFICATE-----\n', 'a certificate'], ['#!/bin/sh\nexec redis-sentinel\n', 'a script'],
  ])('names the kind of a file that is none of a sentinel: %j', async (text, kind) => {
    const [finding, ...more] = await check(write(text))
    expect(more).toEqual([])
    expect(finding).toMatchObject({ level: 'error', code: 'not-a-sentinel-file' })
    expect(finding?.what).toContain(kind)
  })

  it('reports mistakes in the settings file, also beside a sentinel.conf that does not load', async () => {
    for (const lines of [[MONITOR], ['sentinel monitor mymaster redis-0 6379 2']]) {
      const file = write(`${lines.join('\n')}\n`)
      const settings = join(file, '../ts-sentinel.ini')
      writeFileSync(settings, '[http]\nport = 26380\n')
      expect((await check(file)).filter(({ code }) => code === 'settings-file').map(({ where }) => where)).toEqual([`${settings}:1`, `${settings}:2`])
    }
  })

  it('reads the settings file that --settings names', async () => {
    const settings = write('[log]\nformat = xml\n', 'other.ini')
    expect(await check(write(`${MONITOR}\n`), settings)).toMatchObject([{ code: 'settings-file', where: `${settings}:2` }])
    expect(await check(write(`${MONITOR}\n`), `${settings}.missing`)).toMatchObject([{ code: 'settings-file', where: `${settings}.missing` }])
  })

  it('names settings of a master that is not monitored, and a port that the sentinel itself has', async () => {
    const file = write(`port 26379\n${MONITOR}\n`)
    const settings = join(file, '../ts-sentinel.ini')
    writeFileSync(settings, '[http]\nlisten = 127.0.0.1:26379\n\n[master mymastr]\nwitnesses = yes\n')
    expect((await check(file)).map(({ code, where, level }) => [level, code, where])).toEqual([
      ['warning', 'settings-unknown-master', `${settings}:4`], ['error', 'http-port-in-use', `${settings}:2`],
    ])
  })

  it('names certificates that have ended or end soon', () => {
    const lines = [MONITOR, 'tls-port 26380', 'tls-replication yes', 'tls-cert-file CERT', 'tls-key-file KEY', 'tls-ca-cert-file CA', '']
    const path = write(lines.map(withFiles).join('\n'))
    const loading = loadFile(path)
    if (loading.kind !== 'loaded') throw new Error(loading.kind)
    const { file } = loading
    const codesAt = (now: number) => checkTls(file, now).map(({ code, where }) => [code, where])
    expect(codesAt(Date.now())).toEqual([])
    expect(codesAt(Date.now() + 1e13)[0]).toEqual(['certificate-expired', `${path}:4`])
    expect(codesAt(0)[0]).toEqual(['certificate-not-yet-valid', `${path}:4`])
  })
})

describe('check of the files of a fleet', () => {
  async function run(...paths: readonly string[]) {
    let printed = ''
    let errors = ''
    const status = await runCheck([...paths, '--offline', '--json'], {
      print: (text) => { printed += text },
      printError: (text) => { errors += text },
    })
    return { status, printed, errors }
  }

  it('names one id, one announced address and other settings in two files', async () => {
    const lines = (address: string, quorum: number) => write([
      `sentinel myid ${ID}`, 'sentinel announce-ip 10.0.0.9', `sentinel monitor mymaster ${address} 6379 ${quorum}`, '',
    ].join('\n'))
    const [first, second] = [lines('10.0.0.1', 2), lines('10.0.0.2', 3)]
    const { status, printed } = await run(first, second)
    const { findings, files: named } = readDocument('check', printed)
    expect(findings.map(({ code, where }) => [code, where])).toEqual([
      ['same-id', `${second}:1`], ['announce-of-other', `${second}:2`], ['files-differ', `${second}:3`], ['files-differ', `${second}:3`],
    ])
    expect(findings[0]?.what).toContain(`${first}:1`)
    expect([status, named]).toEqual([1, [first, second]])
  })

  it('names nothing in files that differ where they must', async () => {
    const [first, second] = ['b', 'c'].map((letter) => write(`sentinel myid ${letter.repeat(40)}\n${MONITOR}\n`))
    expect(await run(first ?? '', second ?? '')).toMatchObject({ status: 0, errors: '' })
  })

  it('names each file that cannot be read', async () => {
    expect(await run('/nowhere/1', '/nowhere/2')).toMatchObject({ status: 2, errors: expect.stringMatching(/\/nowhere\/1 cannot.*\n.*\/nowhere\/2/) as string })
  })
})

const RIGHT: readonly (readonly [what: string, lines: readonly string[]])[] = [
  ['requirepass on all sentinels', [MONITOR, 'requirepass one']],
  ['the same password twice', [MONITOR, 'requirepass one', 'sentinel sentinel-pass one']],
  ['a user for the sentinels', [MONITOR, 'requirepass one', 'user peer on >two ~* &* +@all', 'sentinel sentinel-user peer', 'sentinel sentinel-pass two']],
  ['requirepass, and the line that a save has written of it', [MONITOR, 'requirepass one', 'user default on #7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed ~* &* +@all']],
  ['TLS everywhere', [MONITOR, 'port 0', 'tls-port 26379', 'tls-replication yes', 'tls-cert-file CERT', 'tls-key-file KEY', 'tls-ca-cert-file CA']],
  ['five sentinels', ['sentinel monitor mymaster 10.0.0.1 6379 3', peer(2, 'b'), peer(3, 'c'), peer(4, 'd'), peer(5, 'e')]],
  ['a quorum of 4 in a new file', ['sentinel monitor mymaster 10.0.0.1 6379 4']],
  ['an announced address behind NAT', [MONITOR, 'sentinel announce-ip 192.0.2.7', 'sentinel announce-port 36379']],
  ['a password with a dollar', [MONITOR, 'sentinel auth-pass mymaster a$b{c}']],
]

describe('check of a right file', () => {
  it.each(RIGHT)('reports nothing: %s', async (_what, lines) => {
    expect(await check(write(lines.map((line) => `${withFiles(line)}\n`).join('')))).toEqual([])
  })

  it('reports nothing about the files in documents and examples', async () => {
    const inDocuments = [...documents(), ...filesUnder('docs', ['.md'])].flatMap((path) => codeBlocks(path, readProjectFile(path)))
      .filter(({ language }) => language === 'conf').map(({ code }) => code)
    const inExamples = ['kubernetes', 'compose'].map((name) => readProjectFile(`conf/examples/${name}.yaml`)).map((text) => (
      /^( +)port 26379\n(?:\1.*\n)+/m.exec(text)?.[0].replace(/^ +/gm, '').replace('/data/', '') ?? ''
    ))
    const whole = [...inDocuments, ...inExamples].filter((text) => text.includes('sentinel monitor'))
    expect(whole.length).toBeGreaterThan(3)
    for (const text of whole) {
      const withCertificates = text.replace(/\S+\/sentinel\.crt/, cert).replace(/\S+\/sentinel\.key/, key).replace(/\S+\/ca\.crt/, authority.cert)
      expect(await check(write(`${withCertificates}\n`)), text).toEqual([])
    }
  })

  it('reports nothing about the sample files', async () => {
    const text = readFileSync('conf/sentinel.conf', 'utf8')
    const file = write(text)
    expect(await check(file)).toEqual([])
    writeFileSync(join(file, '../ts-sentinel.ini'), readFileSync('conf/ts-sentinel.ini', 'utf8'))
    chmodSync(join(file, '../ts-sentinel.ini'), 0o600)
    expect(await check(file)).toEqual([])
  })
})
