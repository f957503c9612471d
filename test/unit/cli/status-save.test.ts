/** A sentinel that cannot save its configuration file: status shows it in every form. */
import { afterEach, describe, expect, it } from 'vitest'

import { statusTool } from '../../../src/cli/sentinel-tools/index.ts'
import { readDocument } from '../../documents/read-document.ts'
import { answeringServer, closeServers, fields } from './answering-server.ts'

afterEach(closeServers)

const MASTER = {
  'name': 'mymaster', 'ip': '127.0.0.1', 'port': '6379', 'flags': 'master', 'last-ok-ping-reply': '100', 'quorum': '1',
  'down-after-milliseconds': '1000', 'failover-timeout': '180000', 'config-epoch': '0',
}
const PROBLEM = 'rename: Device or resource busy'

/** `save` as INFO has it; undefined is a genuine sentinel, which has no such line. */
async function sentinel(save: string | undefined): Promise<string> {
  const info = ['# Server', ...save === undefined ? [] : [`ts_sentinel_config_save:${save}`], ''].join('\r\n')
  const port = await answeringServer({
    'SENTINEL MASTERS': [fields(MASTER)], 'SENTINEL REPLICAS': [], 'SENTINEL SENTINELS': [],
    'SENTINEL CKQUORUM': 'OK 1 usable Sentinels.', 'INFO': info,
  }, () => 'ERR unknown command')
  return `127.0.0.1:${port}`
}

class EnoughSeen extends Error {}

/** What status prints; with --watch, the first two times. */
async function status(address: string, ...options: readonly string[]) {
  const printed: string[] = []
  const print = (text: string) => {
    printed.push(text)
    if (options.includes('--watch') && printed.length === 2) throw new EnoughSeen()
  }
  const output = { print, printError: print, terminal: undefined, onInterrupt: () => () => undefined }
  const run = statusTool([address, ...options], output)
  const exit = await run.catch((error: unknown) => {
    if (!(error instanceof EnoughSeen)) throw error
    return undefined
  })
  return { exit, printed }
}

const TEXT = `The configuration file cannot be saved: ${PROBLEM}\n`

const found = (about: string) => ({ code: 'config-not-saved', severity: 'warning', text: TEXT.trimEnd(), about })

describe('status of a sentinel that cannot save its configuration file', () => {
  it('reports it and ends with 1', async () => {
    const { exit, printed } = await status(await sentinel(PROBLEM))
    expect(printed.join('')).toContain(TEXT)
    expect(exit).toBe(1)
  })

  it('reports it each time with --watch', async () => {
    const { printed } = await status(await sentinel(PROBLEM), '--watch')
    expect(printed).toEqual([expect.stringContaining(TEXT), expect.stringContaining(TEXT)])
  })

  it('has it as a finding of each master with --json, and ends with 1', async () => {
    const address = await sentinel(PROBLEM)
    const { exit, printed } = await status(address, '--json')
    expect(readDocument('fleet', printed.join(''))).toMatchObject({ schemaVersion: 1, masters: [{ name: 'mymaster', findings: [found(address)] }] })
    expect(exit).toBe(1)
  })

  it('has it in each line with --json --watch', async () => {
    const address = await sentinel(PROBLEM)
    const { printed } = await status(address, '--json', '--watch')
    expect(printed).toHaveLength(2)
    for (const line of printed) expect(readDocument('fleet', line)).toMatchObject({ masters: [{ findings: [found(address)] }] })
  })
})

describe('status of a sentinel that saves its file, or does not report it', () => {
  it.each(['ok', undefined])('does not mention it: %s', async (save) => {
    const address = await sentinel(save)
    for (const options of [[], ['--json']]) {
      const { exit, printed } = await status(address, ...options)
      expect(printed.join('')).not.toMatch(/cannot be saved|config-not-saved/)
      expect(exit).toBe(0)
    }
  })
})
