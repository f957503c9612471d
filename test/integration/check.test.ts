/** `check` finds each planted mistake and is silent on good set-ups. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { findingsOf } from '../../src/cli/check/index.ts'
import type { CheckOptions } from '../../src/cli/check/options.ts'
import { startDeployment, type Deployment, type RedisProcess, type SentinelProcess } from '../../src/harness/index.ts'

const ID = 'a'.repeat(40)
const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-check-'))
let ring: Deployment
let secured: Deployment
let renamed: Deployment
let cluster: Deployment

// One deployment of each kind serves all cases; nothing is changed by looking.
beforeAll(async () => {
  ring = await startDeployment({
    masters: [{ name: 'open' }, { name: 'locked', password: 'secret', replicas: 1 }],
    sentinels: ['ours', 'ours', 'genuine'],
  })
  secured = await startDeployment({ tls: true, replicas: 1, sentinels: 3 })
  renamed = await startDeployment({
    replicas: 1, sentinels: 1, quorum: 1, redisConfig: ['rename-command SLAVEOF hidden'],
    sentinelConfig: ['sentinel rename-command mymaster SLAVEOF hidden'],
  })
  cluster = await startDeployment({ replicas: 0, sentinels: 0, redisConfig: ['cluster-enabled yes'] })
}, 120_000)

afterAll(async () => {
  await Promise.all([ring, secured, renamed, cluster].map((deployment) => deployment?.stop()))
  rmSync(folder, { recursive: true, force: true })
})

let files = 0

function fileWith(lines: readonly string[]): string {
  const path = join(folder, `case-${files += 1}.conf`)
  // Some have passwords, which other users must not read.
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 })
  return path
}

async function look(lines: readonly string[], { offline = false, admin }: Partial<Pick<CheckOptions, 'offline' | 'admin'>> = {}) {
  const findings = await findingsOf({ file: fileWith(lines), offline, admin })
  if (typeof findings === 'string') throw new Error(findings)
  return findings
}

/** A file as a sentinel of a fleet of three would have it after some time. */
function fleetFile(host = '10.0.0.1', overrides: readonly string[] = [], without?: RegExp): string[] {
  const lines = [
    'port 26379', `sentinel myid ${ID}`, `sentinel monitor mymaster ${host} 6379 2`,
    'sentinel down-after-milliseconds mymaster 5000', 'sentinel failover-timeout mymaster 60000',
    'sentinel known-replica mymaster 10.0.0.2 6379', 'sentinel known-replica mymaster 10.0.0.3 6379',
    `sentinel known-sentinel mymaster 10.0.0.2 26379 ${'b'.repeat(40)}`,
    `sentinel known-sentinel mymaster 10.0.0.3 26379 ${'c'.repeat(40)}`,
  ]
  return [...lines.filter((line) => without?.test(line) !== true), ...overrides]
}

/** A new file that names one real node and nobody else. */
function fileFor(node: RedisProcess, ...more: readonly string[]): string[] {
  return ['port 26379', `sentinel monitor mymaster ${node.address.host} ${node.address.port} 2`, ...more]
}

function monitorOf(sentinel: SentinelProcess | undefined): string[] {
  if (sentinel === undefined) throw new Error('there is no such sentinel')
  return ['port 26379', `sentinel monitor mymaster ${sentinel.address.host} ${sentinel.address.port} 2`]
}

const open = (at: number) => ring.groups[0]?.nodes[at] as RedisProcess
const locked = (at: number) => ring.groups[1]?.nodes[at] as RedisProcess

interface Mistake {
  readonly code: string
  readonly what: string
  readonly lines: () => readonly string[] | Promise<readonly string[]>
  readonly offline?: boolean
  readonly after?: () => Promise<unknown>
}

const OFFLINE: readonly Mistake[] = [
  { code: 'not-loadable', what: 'a word that is no directive', lines: () => fleetFile('10.0.0.1', ['sentinel quorumm mymaster 2']) },
  { code: 'not-loadable', what: 'a script that is not there', lines: () => fleetFile('10.0.0.1', ['sentinel notification-script mymaster /nowhere/notify.sh']) },
  { code: 'quorum-out-of-reach', what: 'quorum 4 of 3 sentinels', lines: () => fleetFile('10.0.0.1', ['sentinel monitor mymaster 10.0.0.1 6379 4'], /monitor/).sort(byMonitor) },
  { code: 'quorum-one', what: 'quorum 1', lines: () => fleetFile('10.0.0.1', ['sentinel monitor mymaster 10.0.0.1 6379 1'], /monitor/).sort(byMonitor) },
  { code: 'two-sentinels', what: 'only two sentinels', lines: () => fleetFile('10.0.0.1', [], /10\.0\.0\.3 26379/) },
  { code: 'even-sentinels', what: 'four sentinels', lines: () => fleetFile('10.0.0.1', [`sentinel known-sentinel mymaster 10.0.0.4 26379 ${'d'.repeat(40)}`]) },
  { code: 'sentinel-twice', what: 'a sentinel under two ids', lines: () => fleetFile('10.0.0.1', [`sentinel known-sentinel mymaster 10.0.0.3 26379 ${'d'.repeat(40)}`, `sentinel known-sentinel mymaster 10.0.0.5 26379 ${'e'.repeat(40)}`]) },
  { code: 'monitor-any-address', what: '0.0.0.0 monitored', lines: () => fleetFile('0.0.0.0') },
  { code: 'monitor-loopback', what: '127.0.0.1 monitored, the others elsewhere', lines: () => fleetFile('127.0.0.1') },
  { code: 'same-address', what: 'two masters at one address', lines: () => fleetFile('10.0.0.1', ['sentinel monitor other 10.0.0.1 6379 2']) },
  { code: 'announce-any-address', what: 'announce-ip 0.0.0.0', lines: () => fleetFile('10.0.0.1', ['sentinel announce-ip 0.0.0.0']) },
  { code: 'announce-loopback', what: 'announce-ip 127.0.0.1', lines: () => fleetFile('10.0.0.1', ['sentinel announce-ip 127.0.0.1']) },
  { code: 'mixed-names', what: 'names and addresses mixed', lines: () => ['sentinel resolve-hostnames yes', ...fleetFile('redis-0.example')] },
  { code: 'bind-loopback', what: 'listens on this machine alone', lines: () => fleetFile('10.0.0.1', ['bind 127.0.0.1']) },
  { code: 'protected-mode', what: 'protected mode keeps peers out', lines: () => fleetFile('10.0.0.1', ['protected-mode yes']) },
  { code: 'down-after-short', what: 'down after 200 ms', lines: () => fleetFile('10.0.0.1', ['sentinel down-after-milliseconds mymaster 200']) },
  { code: 'failover-timeout-short', what: 'failover-timeout below down-after', lines: () => fleetFile('10.0.0.1', ['sentinel failover-timeout mymaster 3000']) },
].map((mistake) => ({ ...mistake, offline: true }))

/** The monitor line must come before what speaks of its master. */
function byMonitor(a: string, b: string): number {
  return Number(b.includes('monitor')) - Number(a.includes('monitor'))
}

const ONLINE: readonly Mistake[] = [
  { code: 'unreachable', what: 'nobody listens at the master\'s address', lines: () => ['port 26379', 'sentinel monitor mymaster 127.0.0.1 1 2'] },
  { code: 'auth-missing', what: 'no auth-pass, but a password', lines: () => fileFor(locked(0)) },
  { code: 'auth-wrong', what: 'a wrong auth-pass', lines: () => fileFor(locked(0), 'sentinel auth-pass mymaster wrong') },
  { code: 'login-not-needed', what: 'auth-pass, but no password', lines: () => fileFor(open(0), 'sentinel auth-pass mymaster secret') },
  {
    code: 'acl-denied', what: 'a user who may not use SLAVEOF',
    lines: async () => {
      await open(0).call(['ACL', 'SETUSER', 'weak', 'on', '>pw', '&*', '+@all', '-slaveof'])
      return fileFor(open(0), 'sentinel auth-user mymaster weak', 'sentinel auth-pass mymaster pw')
    },
  },
  { code: 'command-missing', what: 'a renamed command', lines: () => fileFor(renamed.nodes[0] as RedisProcess) },
  { code: 'monitored-is-replica', what: 'a replica is monitored', lines: () => fileFor(open(1)) },
  { code: 'monitored-is-sentinel', what: 'a sentinel of this program is monitored', lines: () => monitorOf(ring.sentinels[0]) },
  { code: 'monitored-is-sentinel', what: 'a genuine sentinel is monitored', lines: () => monitorOf(ring.sentinels[2]) },
  { code: 'monitored-is-cluster-node', what: 'a node of a cluster is monitored', lines: () => fileFor(cluster.nodes[0] as RedisProcess) },
  { code: 'known-sentinel-is-node', what: 'a known sentinel that is a data node', lines: () => fileFor(open(0), `sentinel known-sentinel mymaster ${open(1).address.host} ${open(1).address.port} ${'b'.repeat(40)}`) },
  {
    code: 'same-id', what: 'the id of a running sentinel in a copied file',
    lines: async () => {
      const sentinel = ring.sentinels[1]
      if (sentinel === undefined) throw new Error('there is no second sentinel')
      const id = await sentinel.myId()
      const { host, port } = sentinel.address
      return [`sentinel myid ${id}`, ...fileFor(open(0), `sentinel known-sentinel mymaster ${host} ${port} ${'b'.repeat(40)}`)]
    },
  },
  { code: 'auth-wrong', what: 'a user that does not exist', lines: () => fileFor(locked(0), 'sentinel auth-user mymaster nobody', 'sentinel auth-pass mymaster secret') },
  {
    code: 'min-replicas-too-high', what: 'min-replicas-to-write as high as the number of replicas',
    lines: async () => {
      await open(0).call(['CONFIG', 'SET', 'min-replicas-to-write', '2'])
      return fileFor(open(0))
    },
    after: () => open(0).call(['CONFIG', 'SET', 'min-replicas-to-write', '0']),
  },
  {
    code: 'all-priority-zero', what: 'all replicas with priority 0',
    lines: async () => {
      for (const node of [open(1), open(2)]) await node.call(['CONFIG', 'SET', 'replica-priority', '0'])
      return fileFor(open(0))
    },
    after: async () => Promise.all([open(1), open(2)].map((node) => node.call(['CONFIG', 'SET', 'replica-priority', '100']))),
  },
  {
    code: 'replica-without-masterauth', what: 'a replica without masterauth',
    lines: async () => {
      await locked(1).call(['CONFIG', 'SET', 'masterauth', ''])
      return fileFor(locked(0), 'sentinel auth-pass mymaster secret')
    },
    after: () => locked(1).call(['CONFIG', 'SET', 'masterauth', 'secret']),
  },
  { code: 'replica-of-another', what: 'a known replica of another group', lines: () => fileFor(open(0), `sentinel known-replica mymaster ${renamed.nodes[1]?.address.host} ${renamed.nodes[1]?.address.port}`, 'sentinel rename-command mymaster SLAVEOF hidden') },
  { code: 'tls-expected', what: 'a TLS port that is monitored without TLS', lines: () => fileFor(secured.nodes[0] as RedisProcess) },
  { code: 'tls-not-spoken', what: 'a port without TLS that is monitored with TLS', lines: () => [...tlsLines(), ...fileFor(open(0))] },
  { code: 'sentinel-unreachable', what: 'a known sentinel that cannot be reached', lines: () => fileFor(open(0), `sentinel known-sentinel mymaster 127.0.0.1 1 ${'b'.repeat(40)}`) },
]

const tlsLines = () => readFileSync(secured.sentinels[0]?.configFile ?? '', 'utf8').split('\n').filter((line) => line.startsWith('tls-') && !line.startsWith('tls-port'))

const table: string[] = []

describe('check', () => {
  it.each([...OFFLINE, ...ONLINE].map((mistake) => [mistake.what, mistake] as const))('reports %s', async (what, mistake) => {
    try {
      const findings = await look(await mistake.lines(), { offline: mistake.offline === true })
      const found = findings.find(({ code }) => code === mistake.code)
      expect(findings.map(({ code }) => code)).toContain(mistake.code)
      expect(found?.todo).not.toBe('')
      table.push(`${what.padEnd(45)} ${found?.level.padEnd(8)} [${mistake.code}] ${found?.what.split('\n')[0]}`)
    } finally {
      await mistake.after?.()
    }
  })
})

/** The file of one of the fleet's sentinels, as that sentinel wrote it. */
const written = (deployment: () => Deployment, at: number) => () => readFileSync(deployment().sentinels[at]?.configFile ?? '', 'utf8').split('\n')

const GOOD: readonly Pick<Mistake, 'what' | 'lines' | 'offline'>[] = [
  { what: 'a file that ours wrote, nodes asked', lines: written(() => ring, 0) },
  { what: 'a second file that ours wrote', lines: written(() => ring, 1) },
  { what: 'a file that the original wrote, nodes asked', lines: written(() => ring, 2) },
  { what: 'TLS everywhere, nodes asked', lines: written(() => secured, 1) },
  { what: 'a renamed command that the file names', lines: () => fileFor(renamed.nodes[0] as RedisProcess, 'sentinel rename-command mymaster SLAVEOF hidden') },
  { what: 'a new file with a password', lines: () => fileFor(locked(0), 'sentinel auth-pass mymaster secret') },
  {
    what: 'an ACL user with the rights it needs',
    lines: async () => {
      for (const node of [open(0), open(1), open(2)]) {
        await node.call(['ACL', 'SETUSER', 'sentinel', 'on', '>pw', '&__sentinel__:hello', '+multi', '+exec', '+slaveof', '+ping', '+info', '+publish', '+subscribe', '+config', '+client', '+script|kill', '+failover', '+replconf', '+role', '+acl|whoami', '+acl|dryrun', '+command'])
      }
      return fileFor(open(0), 'sentinel auth-user mymaster sentinel', 'sentinel auth-pass mymaster pw')
    },
  },
  { what: 'three sentinels by address', lines: () => fleetFile(), offline: true },
  { what: 'behind NAT, announced', lines: () => fleetFile('10.0.0.1', ['sentinel announce-ip 192.0.2.7', 'sentinel announce-port 36379']), offline: true },
  {
    what: 'names everywhere', offline: true,
    lines: () => [
      'sentinel resolve-hostnames yes', 'sentinel announce-hostnames yes', 'sentinel monitor mymaster redis-0.example 6379 2',
      'sentinel known-replica mymaster redis-1.example 6379', `sentinel known-sentinel mymaster s-1.example 26379 ${'b'.repeat(40)}`,
      `sentinel known-sentinel mymaster s-2.example 26379 ${'c'.repeat(40)}`, 'sentinel announce-ip s-0.example',
    ],
  },
  { what: 'the example of this project', lines: () => readFileSync('conf/sentinel.conf', 'utf8').split('\n'), offline: true },
]

describe('the rights of a user that may not read its own rights', () => {
  it('name what a coordinated failover needs in addition', async () => {
    const rules = ['+multi', '+exec', '+slaveof', '+ping', '+info', '+publish', '+subscribe', '+config|rewrite', '+client|kill', '+client|setname', '+script|kill']
    await locked(0).call(['ACL', 'SETUSER', 'plain', 'on', '>pw', '&*', ...rules as [string]])
    const lines = fileFor(locked(0), 'sentinel auth-user mymaster plain', 'sentinel auth-pass mymaster pw')
    const findings = await look(lines, { admin: { user: undefined, password: 'secret' } })
    const found = findings.find(({ code }) => code === 'coordinated-denied')
    expect(found?.what).toContain('FAILOVER ABORT, CLIENT PAUSE, CLIENT UNPAUSE, REPLCONF GETACK')
    expect(found?.todo).toBe('grant the rights: +failover +client|pause +client|unpause +replconf')
  })

  it('are checked when the user of an administrator is given', async () => {
    await locked(0).call(['ACL', 'SETUSER', 'narrow', 'on', '>pw', '&*', '+multi', '+exec', '+ping', '+info', '+publish', '+subscribe', '+config|rewrite', '+client|kill', '+client|setname', '+script|kill'])
    const lines = fileFor(locked(0), 'sentinel auth-user mymaster narrow', 'sentinel auth-pass mymaster pw')
    expect((await look(lines)).map(({ code }) => code)).toContain('rights-unchecked')
    const findings = await look(lines, { admin: { user: undefined, password: 'secret' } })
    expect(findings.find(({ code }) => code === 'acl-denied')?.what).toContain('does not allow the user of the sentinel to use SLAVEOF')
    const todo = findings.find(({ code }) => code === 'acl-denied')?.todo
    expect(todo).toMatch(/^run on 127\.0\.0\.1:\d+, .*: ACL SETUSER narrow \+multi /)
    expect(todo).toContain('+script|kill &__sentinel__:hello +function|kill')
  })
})

describe('check of a good configuration', () => {
  it.each(GOOD.map((good) => [good.what, good] as const))('reports no problem: %s', async (_what, { lines, offline }) => {
    const findings = await look(await lines(), { offline: offline === true })
    expect(findings.filter(({ level }) => level !== 'advice')).toEqual([])
  })

  it('is compared with at least 20 planted mistakes, which check has reported', () => {
    process.stdout.write(`\ncheck, planted mistakes:\n  ${table.join('\n  ')}\n`)
    expect(table.length).toBeGreaterThanOrEqual(20)
  })
})
