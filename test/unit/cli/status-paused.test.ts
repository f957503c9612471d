/** A sentinel on which failovers are paused: status shows it. */
import { afterEach, describe, expect, it } from 'vitest'

import { statusTool } from '../../../src/cli/sentinel-tools/index.ts'
import { readDocument } from '../../documents/read-document.ts'
import { answeringServer, closeServers, fields } from './answering-server.ts'

afterEach(closeServers)

const MASTER = {
  'name': 'mymaster', 'ip': '127.0.0.1', 'port': '6379', 'flags': 'master', 'last-ok-ping-reply': '100', 'quorum': '1',
  'down-after-milliseconds': '1000', 'failover-timeout': '180000', 'config-epoch': '0',
}
const TEXT = 'This sentinel neither starts a failover nor votes for another 5 s'

async function status(isOurs: boolean, ...options: readonly string[]): Promise<{ exit: number, text: string }> {
  const port = await answeringServer({
    'SENTINEL MASTERS': [fields(MASTER)], 'SENTINEL REPLICAS': [], 'SENTINEL SENTINELS': [],
    'SENTINEL CKQUORUM': 'OK 1 usable Sentinels.', 'INFO': isOurs ? 'ts_sentinel_config_save:ok\r\n' : '# Server\r\n',
    ...isOurs ? { 'SENTINEL EXPLAIN': fields({ 'name': 'mymaster', 'paused': TEXT, 'finding-1': `warning paused: ${TEXT}, until 2026-12-01T02:04:05.500Z` }) } : {},
  }, () => 'ERR unknown subcommand')
  let text = ''
  const print = (part: string) => { text += part }
  const exit = await statusTool([`127.0.0.1:${port}`, ...options], { print, printError: print, terminal: undefined, onInterrupt: () => () => undefined })
  return { exit, text }
}

describe('status of a sentinel on which failovers are paused', () => {
  it('has a line about it, and the exit code of a healthy master', async () => {
    const { exit, text } = await status(true)
    expect(text).toContain(`\n  paused: ${TEXT}\n`)
    expect(exit).toBe(0)
  })

  it('has the end of the pause in the time that is asked for, in the finding too', async () => {
    const { text } = await status(true, '--utc')
    expect(text).toContain(`WARNING   ${TEXT}, until 2026-12-01 02:04:05Z\n`)
  })

  it('has the finding with --json', async () => {
    const { text } = await status(true, '--json')
    expect(readDocument('fleet', text)).toMatchObject({ masters: [{ name: 'mymaster', findings: [{ code: 'paused', text: `${TEXT}, until 2026-12-01T02:04:05.500Z` }] }] })
  })

  it('asks a genuine sentinel for nothing that it does not know', async () => {
    expect((await status(false)).text).not.toContain('paused')
  })
})
