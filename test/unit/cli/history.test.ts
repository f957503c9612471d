/** `history`: what an outage cost, which attempts it took, and what was planned. */
import { afterEach, describe, expect, it } from 'vitest'

import { historyTool } from '../../../src/cli/sentinel-tools/index.ts'
import { readDocument } from '../../documents/read-document.ts'
import { answeringServer, closeServers, fields } from './answering-server.ts'

afterEach(closeServers)

const ATTEMPT = {
  'master': 'm', 'outcome': 'aborted', 'reason': 'master-answers', 'role': 'leader', 'epoch': '7', 'planned': 'no',
  'last-answer': '2026-12-01T01:59:30.000Z', 'attempt': '1', 'started': '2026-12-01T02:00:00.000Z', 'waited-ms': '', 'duration-ms': '5100',
  'outage-ms': '', 'from': '', 'to': '', 'phases': '+sdown=0 +odown=20', 'before-restart': 'no',
}
const SECOND = {
  ...ATTEMPT, 'outcome': 'switched', 'reason': '', 'epoch': '8', 'attempt': '2', 'started': '2026-12-01T02:00:11.000Z', 'waited-ms': '5900',
  'duration-ms': '73', 'outage-ms': '41073', 'from': '10.0.0.1:6379', 'to': '10.0.0.2:6379',
}
const PLANNED = {
  ...SECOND, 'planned': 'yes', 'last-answer': '', 'attempt': '1', 'waited-ms': '', 'outage-ms': '', 'epoch': '9223372036854775807',
}

async function history(entries: readonly Readonly<Record<string, string>>[], ...options: readonly string[]) {
  const port = await answeringServer({ 'SENTINEL HISTORY': entries.map(fields) }, () => 'ERR unknown subcommand')
  let text = ''
  const print = (more: string) => { text += more }
  const output = { print, printError: print, terminal: undefined, onInterrupt: () => () => undefined }
  const status = await historyTool([`127.0.0.1:${port}`, '--utc', ...options], output)
  return { status, text }
}

describe('history', () => {
  it('counts the outage from the last good answer, and shows each attempt with its own start and the wait before it', async () => {
    const { text } = await history([ATTEMPT, SECOND])
    const [head = '', first = '', details = '', second = '', waited = ''] = text.split('\n')
    expect(head).toMatch(/STARTED .* OUTAGE +ATTEMPT TOOK/)
    expect(first).toMatch(/^2026-12-01 02:00:00Z +m +aborted: master-answers +unplanned +this sentinel +7 +5\.1 s/)
    expect(details).toBe('  last good answer of the master 2026-12-01 01:59:30Z; phases after the start: +sdown 0 ms, +odown 20 ms')
    expect(second).toMatch(/^2026-12-01 02:00:11Z +m +switched +unplanned +this sentinel +8 +41\.1 s +#2: 73 ms +10\.0\.0\.1:6379 +10\.0\.0\.2:6379$/)
    expect(waited).toContain('waited 5.9 s after the attempt before')
  })

  it('shows whether a failover was planned', async () => {
    const { text } = await history([PLANNED, SECOND])
    expect(text).toMatch(/ switched +planned .*\n.*\n.* switched +unplanned /)
  })

  it('prints the document of HTTP with typed numbers with --json', async () => {
    const { text } = await history([ATTEMPT, PLANNED], '--json')
    expect(readDocument('failovers', text)).toMatchObject({
      schemaVersion: 1,
      failovers: [
        { reason: 'master-answers', epoch: 7, planned: false, lastAnswer: '2026-12-01T01:59:30.000Z', attempt: 1, durationMs: 5100, outageMs: null, phases: [{ name: '+sdown', sinceStartMs: 0 }, { name: '+odown', sinceStartMs: 20 }] },
        { reason: null, epoch: '9223372036854775807', planned: true, lastAnswer: null, outageMs: null, from: '10.0.0.1:6379', beforeRestart: false },
      ],
    })
  })

  it('of a release that does not report all fields leaves them out', async () => {
    const { status, text } = await history([{ master: 'm', outcome: 'adopted', role: 'follower', started: 'x', epoch: '1' }])
    expect(status).toBe(0)
    expect(text).toMatch(/\nunknown +m +adopted +another +1\n$/)
  })
})
