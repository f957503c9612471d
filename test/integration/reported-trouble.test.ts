/** Troubles that stop no sentinel, and must be told to operators: refused logins, a master that takes no writes. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import { explainTool, statusTool } from '../../src/cli/sentinel-tools/index.ts'
import { eventually, notYet, withDeployment, type Deployment } from '../../src/harness/index.ts'

/** Longer than the test: no failover may come between. */
const NEVER_DOWN_MS = 120_000

const withoutFailovers = { sentinels: ['ours', 'ours'], replicas: 1, downAfterMs: NEVER_DOWN_MS } as const

async function print(tool: typeof statusTool, deployment: Deployment, ...more: string[]) {
  const { host, port } = deployment.sentinel(0).address
  let text = ''
  const add = (words: string) => { text += words }
  const status = await tool([`${host}:${port}`, ...more], { print: add, printError: add, terminal: undefined, onInterrupt: () => () => undefined })
  return { status, text }
}

/** Lines of the first sentinel about refused rights and logins. */
function refusals(deployment: Deployment): string[] {
  const log = readFileSync(deployment.sentinel(0).process.logFile, 'utf8')
  return log.split('\n').filter((line) => / refused AUTH of user /.test(line)).map((line) => line.replace(/^.*? (?=master|replica|sentinel)/, ''))
}

async function refusalsReach(deployment: Deployment, count: number): Promise<void> {
  await eventually(`${count} refused logins in the log`, () => {
    if (refusals(deployment).length < count) throw notYet(refusals(deployment).join('; '))
    return Promise.resolve()
  }, { timeoutMs: 30_000, everyMs: 50 })
}

/** How often the node refused a login; it keeps counting as long as the sentinel tries. */
async function triesReach(node: { call(argv: [string, ...string[]]): Promise<unknown> }, count: number): Promise<void> {
  await eventually('the login to be tried again', async () => {
    const denied = Number(/acl_access_denied_auth:(\d+)/.exec(String(await node.call(['INFO', 'stats'])))?.[1])
    if (denied < count) throw notYet(String(denied))
  }, { timeoutMs: 30_000, everyMs: 100 })
}

describe('a master that reports the role of a replica', () => {
  it('makes status end with 1, and status and explain report that it accepts no writes', async () => {
    await withDeployment(withoutFailovers, async (deployment) => {
      expect((await print(statusTool, deployment)).status).toBe(0)
      await deployment.sentinel(0).call(['SENTINEL', 'DEBUG', 'info-period', '200'])
      const [master] = deployment.nodes
      await master?.call(['REPLICAOF', master.address.host, String(master.address.port)])
      const told = await eventually('status to end with 1', async () => {
        const { status, text } = await print(statusTool, deployment)
        if (status !== 1) throw notYet(text)
        return text
      }, { timeoutMs: 30_000, everyMs: 100 })
      expect(told).toContain('reports the role of a replica (read-only)')
      expect((await print(explainTool, deployment, 'mymaster')).text).toMatch(/reported the role of a replica for .* refuses writes/)
    })
  }, 120_000)
})

describe('a refused login', () => {
  it('is logged once with the node and the user, and again when it is refused after it was accepted', async () => {
    await withDeployment(withoutFailovers, async (deployment) => {
      const [ours, peer] = deployment.sentinels
      const set = (secret: string) => ours?.call(['SENTINEL', 'SET', 'mymaster', 'auth-pass', secret])
      for (const node of deployment.nodes) await node.call(['ACL', 'SETUSER', 'watcher', 'on', '>right', 'allchannels', '+@all'])
      await peer?.call(['ACL', 'SETUSER', 'mate', 'on', '>right', 'allchannels', '+@all'])
      await ours?.call(['SENTINEL', 'SET', 'mymaster', 'auth-user', 'watcher'])
      await set('wrong')
      await ours?.call(['SENTINEL', 'CONFIG', 'SET', 'sentinel-user', 'mate'])
      await ours?.call(['SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', 'wrong'])
      await refusalsReach(deployment, 3)
      for (const node of deployment.nodes) await triesReach(node, 3)
      expect(refusals(deployment).sort()).toEqual([
        expect.stringMatching(/^master .* of mymaster refused AUTH of user 'watcher': WRONGPASS /),
        expect.stringMatching(/^replica .* of mymaster refused AUTH of user 'watcher': WRONGPASS /),
        expect.stringMatching(/^sentinel .* of mymaster refused AUTH of user 'mate': WRONGPASS /),
      ])
      await set('right')
      await deployment.waitUntilFormed()
      await set('wrong')
      await refusalsReach(deployment, 5)
    })
  }, 120_000)
})

const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-mounted-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

/** Runs a command in a mount namespace of its own, where the file is mounted onto itself. */
function onMounted(file: string, command: string) {
  const script = `mount --bind "$1" "$1" && ${command}`
  return spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', script, 'sh', file], { encoding: 'utf8', timeout: 60_000 })
}

describe('a configuration file that is a mount point', () => {
  const file = join(folder, 'sentinel.conf')
  writeFileSync(file, `port 22998\ndir ${folder}\nsentinel monitor mymaster 127.0.0.1 6379 1\n`)
  const isPermitted = onMounted(file, 'true').status === 0

  it.skipIf(!isPermitted)('is a warning of check, which advises to mount the folder', () => {
    const { status, stdout } = onMounted(file, `${process.execPath} ${resolve('dist/ts-sentinel.js')} check --offline "$1"`)
    expect(stdout).toContain('the file is a mount point: a save cannot replace it')
    expect(stdout).toContain('mount the folder that holds the file instead of the file')
    expect(status).not.toBe(0)
  })
})
