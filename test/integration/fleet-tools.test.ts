/** The tools that act on all sentinels of a master, with real processes, original sentinels among them, and TLS. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  failoverTool, forgetTool, pauseTool, resumeTool, switchoverTool,
} from '../../src/cli/fleet-tools/index.ts'
import type { ToolSentinelJson } from '../../src/documents/index.ts'
import { explainTool, statusTool } from '../../src/cli/sentinel-tools/index.ts'
import {
  eventually, formatAddress, notYet, startDeployment, withDeployment, type Deployment,
} from '../../src/harness/index.ts'
import { readDocument, type DocumentNamed } from '../documents/read-document.ts'

interface Sentinels {
  readonly sentinels: readonly ToolSentinelJson[]
}

type Tool = 'forget' | 'pause' | 'resume' | 'switch'

interface Run {
  readonly status: number
  readonly text: string
  readonly errors: string
}

/** There is no terminal. */
async function run(tool: typeof pauseTool, args: readonly string[]): Promise<Run> {
  let [text, errors] = ['', '']
  const status = await tool(args, {
    print: (more) => { text += more }, printError: (more) => { errors += more }, ask: undefined, now: () => Date.now(),
  })
  return { status, text, errors }
}

/** Confirmed, with the JSON document. */
async function runJson<Name extends Tool>(
  name: Name, tool: typeof pauseTool, args: readonly string[],
): Promise<Run & { readonly document: DocumentNamed<Name> }> {
  const result = await run(tool, [...args, '--yes', '--json'])
  expect(result.errors).toBe('')
  return { ...result, document: readDocument(name, result.text) }
}

const ORIGINAL = 3

describe('the tools in a fleet of three ts-sentinels and an original one', () => {
  let fleet: Deployment

  const at = (number: number): string => formatAddress(fleet.sentinel(number).address)
  const kindOf = ({ sentinels }: Sentinels, address: string) => sentinels.find((one) => one.address === address)

  beforeAll(async () => {
    fleet = await startDeployment({ sentinels: ['ours', 'ours', 'ours', 'genuine'], quorum: 2, failoverTimeoutMs: 3000 })
  }, 120_000)
  afterAll(async () => { await fleet?.stop() })

  it('pause all that can be paused, whichever is asked, and resume them', async () => {
    const paused = await runJson('pause', pauseTool, [at(ORIGINAL), 'mymaster', '--for', '1m', '--reason', 'new switch'])
    expect(paused.document).toMatchObject({ effective: true, paused: 3, known: 4, needed: 2 })
    expect(kindOf(paused.document, at(ORIGINAL))).toMatchObject({ kind: 'original', ok: true })
    expect(paused.status).toBe(0)
    for (const number of [0, 1, 2]) {
      expect(await fleet.sentinel(number).call(['SENTINEL', 'PAUSED', 'mymaster'])).toContain('effective')
    }
    const resumed = await runJson('resume', resumeTool, [at(1), 'mymaster'])
    expect(resumed.document.sentinels.map(({ text }) => text).filter((text) => text === 'resumed')).toHaveLength(3)
    expect(resumed.status).toBe(0)
    for (const number of [0, 1, 2]) expect(await fleet.sentinel(number).call(['SENTINEL', 'PAUSED', 'mymaster'])).toBeNull()
  })

  it('report a sentinel that cannot be reached with status 1', async () => {
    await fleet.sentinel(2).kill()
    const { document, status } = await runJson('pause', pauseTool, [at(0), 'mymaster', '--for', '1m'])
    expect(kindOf(document, at(2))).toMatchObject({ ok: false, text: 'cannot be asked: connection refused' })
    expect(document).toMatchObject({ effective: true, paused: 2, known: 4, needed: 2 })
    expect(status).toBe(1)
    expect((await runJson('resume', resumeTool, [at(0), 'mymaster'])).status).toBe(1)
  })

  it('report that a pause of one of the three that are left is not effective', async () => {
    await fleet.sentinel(1).kill()
    const { document, status } = await runJson('pause', pauseTool, [at(0), 'mymaster', '--for', '1m'])
    expect(document).toMatchObject({ effective: false, paused: 1, known: 4, needed: 2 })
    expect(status).toBe(1)
    await runJson('resume', resumeTool, [at(0), 'mymaster'])
    await Promise.all([fleet.sentinel(1).start(), fleet.sentinel(2).start()])
    await fleet.waitUntilFormed()
  })

  it('change nothing without a terminal and without --yes', async () => {
    const before = (await fleet.currentMaster()).address
    for (const tool of [switchoverTool, failoverTool]) {
      const { status, errors, text } = await run(tool, [at(0), 'mymaster'])
      expect(text).toContain('would be promoted')
      expect(errors).toContain('give --yes')
      expect(status).toBe(3)
    }
    expect((await fleet.currentMaster()).address).toEqual(before)
  })

  it('switch over to the named replica, also when an original sentinel is asked, and verify all four', async () => {
    const old = await fleet.currentMaster()
    const target = fleet.nodes.find((node) => node !== old)
    const to = formatAddress(target?.address ?? old.address)
    const { document, status } = await runJson('switch', switchoverTool, [at(ORIGINAL), 'mymaster', '--to', to])
    expect(document).toMatchObject({ outcome: 'switched', from: formatAddress(old.address), to })
    expect(document.outageMs).toBeGreaterThanOrEqual(0)
    expect(document.sentinels.map(({ text }) => text)).toEqual([to, to, to, to])
    expect(status).toBe(0)
    await fleet.waitUntilSettled({ awayFrom: old.address })
  })

  it('fail over by the order of an original sentinel and verify all four', async () => {
    const old = await fleet.currentMaster()
    const { document, status } = await runJson('switch', failoverTool, [at(ORIGINAL), 'mymaster'])
    expect(document).toMatchObject({ outcome: 'switched', from: formatAddress(old.address) })
    expect(status).toBe(0)
    await fleet.waitUntilSettled({ awayFrom: old.address })
  })

  it('forget the dead sentinel where that is possible, and name the original one that still knows it', async () => {
    await fleet.sentinel(2).kill()
    await eventually('the dead sentinel to be noticed', async () => {
      for (const number of [0, 1, ORIGINAL]) {
        const known = await fleet.sentinel(number).sentinels('mymaster')
        const dead = known.find((one) => one['port'] === String(fleet.sentinel(2).address.port))
        if (dead?.['flags']?.includes('s_down') !== true) throw notYet(`${number}: ${dead?.['flags']}`)
      }
    }, { timeoutMs: 20_000 })
    const refused = await run(forgetTool, [at(0), 'mymaster', 'sentinel', at(2), '--yes'])
    expect(refused.errors).toContain('2 of 3 sentinels would be a majority instead of 3 of 4')
    expect(refused.status).toBe(3)
    const { document, status } = await runJson('forget', forgetTool, [at(0), 'mymaster', 'sentinel', at(2), '--force'])
    expect(kindOf(document, at(0))).toMatchObject({ ok: true, majorityBefore: 3, majorityAfter: 2 })
    expect(kindOf(document, at(1))).toMatchObject({ ok: true })
    expect(kindOf(document, at(ORIGINAL))).toMatchObject({ ok: false })
    expect(document.sentinels).toHaveLength(3)
    expect(status).toBe(1)
    for (const number of [0, 1]) expect(await fleet.sentinel(number).sentinels('mymaster')).toHaveLength(2)
  })
})

describe('the tools in a fleet with TLS and ACL users', () => {
  it('connect to every sentinel with the certificate and the user of the command line', async () => {
    const sentinelLogin = { sentinelUser: 'ops', sentinelPassword: 'p@ss:word/1' }
    const options = { tls: true, replicas: 1, ...sentinelLogin, user: 'nodes', password: 'node pass' }
    await withDeployment(options, async (fleet) => {
      const { caFile, certFile, keyFile } = fleet.tls ?? { caFile: '', certFile: '', keyFile: '' }
      const passFile = join(fleet.folder, 'pass')
      writeFileSync(passFile, 'p@ss:word/1\n')
      const address = formatAddress(fleet.sentinel(0).address)
      const files = ['--cacert', caFile, '--cert', certFile, '--key', keyFile, '--sni', 'localhost']
      const login = [...files, '--user', 'ops', '--pass-file', passFile]
      const uri = ['-u', `rediss://ops:${encodeURIComponent('p@ss:word/1')}@${address}`, ...files]

      const paused = await runJson('pause', pauseTool, [address, 'mymaster', '--for', '1m', ...login])
      expect(paused.document).toMatchObject({ effective: true, paused: 3 })
      expect((await runJson('resume', resumeTool, ['mymaster', ...uri])).status).toBe(0)
      const old = await fleet.currentMaster()
      const { document, status } = await runJson('switch', switchoverTool, [address, 'mymaster', ...login])
      expect(document).toMatchObject({ outcome: 'switched' })
      expect(status).toBe(0)
      await fleet.waitUntilSettled({ awayFrom: old.address })
      const output = {
        print: () => undefined, printError: () => undefined, terminal: undefined, onInterrupt: () => () => undefined,
      }
      expect(await statusTool([...uri], output)).toBe(0)
      expect(await explainTool(['mymaster', ...uri], output)).toBe(0)

      const refused = await run(resumeTool, [address, 'mymaster', '--yes', ...files])
      expect(refused.errors).toContain('a password is required: give --pass-file FILE')
      expect(refused.status).toBe(2)
      const plain = await run(resumeTool, [address, 'mymaster', '--yes'])
      expect(plain.status).toBe(2)
    })
  }, 60_000)
})
