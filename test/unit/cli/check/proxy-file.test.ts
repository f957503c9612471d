/** `ts-sentinel check` of a proxy.conf: wrong lines, and what the sentinels and the master that it names answer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'

import type { Finding } from '../../../../src/cli/check/finding.ts'
import { findingsOf } from '../../../../src/cli/check/index.ts'
import { answeringServer, closeServers, type Answers } from '../answering-server.ts'
import { readProjectFile } from '../../../tidy/project-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-proxy-file-'))
const file = join(folder, 'proxy.conf')
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
afterEach(closeServers)

async function check(lines: readonly string[], offline = true): Promise<readonly Finding[]> {
  writeFileSync(file, lines.join('\n'))
  const found = await findingsOf({ file, settings: undefined, offline, admin: undefined })
  if (typeof found === 'string') throw new Error(found)
  return found
}

describe('the check of a proxy file', () => {
  it.each([
    { what: 'a misspelt directive', lines: ['sentinel 10.0.0.1:26379', 'mastr mymaster'], at: ':2', todo: 'write master, if you mean that' },
    { what: 'a value of another kind', lines: ['sentinel 10.0.0.1:26379', 'master m', 'wait-for-master soon'], at: ':3', todo: /./ },
    { what: 'no master', lines: ['sentinel 10.0.0.1:26379'], at: '', todo: /add the name that the sentinels monitor/ },
    { what: 'no sentinel', lines: ['master mymaster'], at: '', todo: /add a line such as sentinel 10\.0\.0\.1:26379/ },
    { what: 'a port that is used twice', lines: ['sentinel h.example', 'master m', 'port 7000', 'read-port 7000'], at: ':4', todo: 'give another port' },
  ])('names file, line and remedy for $what', async ({ lines, at, todo }) => {
    const [found, ...others] = await check(lines)
    expect(others).toEqual([])
    expect(found).toMatchObject({ level: 'error', code: 'not-loadable', where: `${file}${at}` })
    expect(found?.todo).toMatch(todo)
  })

  it('finds nothing in the annotated example', async () => {
    expect(await check(readProjectFile('conf/proxy.conf').split('\n'))).toEqual([])
  })

  it('reports certificates that cannot be read', async () => {
    const lines = ['sentinel 10.0.0.1:26379', 'master m', 'tls-port 7000', 'tls-cert-file /nowhere.crt', 'tls-key-file /nowhere.key', 'tls-auth-clients no']
    expect(await check(lines)).toMatchObject([{ code: 'tls-files', what: expect.stringContaining('/nowhere.crt') as string }])
  })
})

describe('the check of what a proxy file names', () => {
  const names = (port: number, others: readonly string[] = []): Answers => ({
    'PING': 'PONG',
    'SENTINEL GET-MASTER-ADDR-BY-NAME M': ['127.0.0.1', String(port)],
    'SENTINEL SENTINELS M': others.map((name) => ['name', name]),
  })
  const server = (answers: Answers): Promise<number> => answeringServer(answers, ([word = '']) => `ERR unknown command '${word}'`)
  const master = (role = 'master') => server({ PING: 'PONG', ROLE: [role, '0', []] })

  it('finds nothing where all sentinels name a master that answers', async () => {
    const port = await master()
    const sentinels = await Promise.all([1, 2].map(() => server(names(port, ['other']))))
    expect(await check([`sentinel 127.0.0.1:${sentinels[0]}`, `sentinel 127.0.0.1:${sentinels[1]}`, 'master m'], false)).toEqual([])
  })

  it.each([
    { what: 'a sentinel that refuses the login', answers: () => ({ PING: '-NOAUTH Authentication required.' }), code: 'sentinel-refuses', todo: /add `sentinel-auth/ },
    { what: 'a data node in the place of a sentinel', answers: () => ({ PING: 'PONG' }), code: 'sentinel-is-data-node', todo: /26379/ },
    { what: 'a master that the sentinel does not know', answers: () => ({ 'PING': 'PONG', 'SENTINEL GET-MASTER-ADDR-BY-NAME M': null }), code: 'no-such-master', todo: /correct the line `master`/ },
  ])('names $what, its line, and that too few sentinels are left', async ({ answers, code, todo }) => {
    const sentinel = `127.0.0.1:${await server(answers())}`
    const found = await check(['master m', `sentinel ${sentinel}`], false)
    expect(found).toMatchObject([{ code, where: sentinel, line: `${file}:2` }, { code: 'too-few-sentinels' }])
    expect(found[0]?.todo).toMatch(todo)
  })

  it('names sentinels that the file leaves out, and one that names another master', async () => {
    const port = await master()
    const first = await server(names(port, ['a', 'b']))
    const second = await server(names(1))
    expect(await check([`sentinel 127.0.0.1:${first} 127.0.0.1:${second}`, 'master m'], false)).toMatchObject([
      { code: 'sentinels-disagree', where: `127.0.0.1:${second}` }, { code: 'sentinel-not-listed', where: `127.0.0.1:${first}` },
    ])
  })

  it.each([
    { what: 'that is a replica', reply: () => master('slave'), lines: [], code: 'master-is-no-master', level: 'warning' },
    { what: 'that wants a login', reply: () => server({ PING: '-NOAUTH Authentication required.' }), lines: [], code: 'auth-missing', level: 'advice' },
    { what: 'that wants a login for max-lag', reply: () => server({ PING: '-NOAUTH Authentication required.' }), lines: ['read-port 7001', 'max-lag 1mb'], code: 'auth-missing', level: 'error' },
    { what: 'that refuses the login', reply: () => server({ AUTH: '-WRONGPASS no' }), lines: ['auth wrong'], code: 'auth-wrong', level: 'error' },
    { what: 'that nothing listens at', reply: () => Promise.resolve(1), lines: [], code: 'unreachable', level: 'error' },
  ])('names a master $what', async ({ reply, lines, code, level }) => {
    const sentinel = await server(names(await reply()))
    expect(await check([`sentinel 127.0.0.1:${sentinel}`, 'master m', ...lines], false)).toMatchObject([{ code, level, line: `${file}:2` }])
  })
})
