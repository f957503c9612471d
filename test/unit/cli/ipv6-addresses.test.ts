/** Addresses in what people read: an IPv6 host has brackets, so that the port can be told from it. */
import { afterEach, describe, expect, it } from 'vitest'

import { genuineExplanation } from '../../../src/cli/sentinel-tools/genuine-explanation.ts'
import { failoverJson as readFailover } from '../../../src/cli/sentinel-tools/history-document.ts'
import { historyText } from '../../../src/cli/sentinel-tools/history-text.ts'
import { statusTool } from '../../../src/cli/sentinel-tools/index.ts'
import type { FailoverRecord } from '../../../src/events/index.ts'
import { explanationFields, failoverFields, failoverText } from '../../../src/explain/index.ts'
import { failoverJson } from '../../../src/http/state.ts'
import { answeringServer, closeServers } from './answering-server.ts'

afterEach(closeServers)

const FAILOVER: FailoverRecord = {
  master: 'mymaster', role: 'leader', outcome: 'switched', reason: undefined, epoch: 7n, startedWall: 0, durationMs: 90,
  isPlanned: false, attempt: 1, waitedMs: undefined, lastAnswerWall: undefined, outageMs: undefined, from: { host: '::1', port: 6379 }, to: { host: '10.0.0.2', port: 6380 }, phases: [], isBeforeRestart: false,
}

const entry = (ip: string, port: string, more: Readonly<Record<string, string>>) => (
  new Map(Object.entries({ name: 'mymaster', ip, port, ...more }))
)

const FACTS = {
  master: entry('::1', '6379', { flags: 'master', quorum: '1' }),
  replicas: [],
  sentinels: [entry('fe80::2', '26379', { flags: 'sentinel', runid: 'b'.repeat(40) })],
  quorumCheck: 'OK',
}

describe('an IPv6 address', () => {
  it('of a master has brackets in an explanation, and so has that of a sentinel', () => {
    const fields = new Map(explanationFields(genuineExplanation(FACTS, { tiltMs: undefined }), [FAILOVER], 1000))
    expect(fields.get('address')).toBe('[::1]:6379')
    expect(fields.get('sentinel-1')).toMatch(/^bbbbbbbb \[fe80::2\]:26379 /)
    expect(fields.get('last-failover')).toContain('switched from [::1]:6379 to 10.0.0.2:6380')
  })

  it('has brackets in SENTINEL HISTORY, in the history that the tool prints and in the JSON of HTTP', () => {
    const fields = new Map(failoverFields(FAILOVER))
    expect([fields.get('from'), fields.get('to'), fields.get('epoch')]).toEqual(['[::1]:6379', '10.0.0.2:6380', '7'])
    expect(historyText([readFailover(fields)], { utc: true })).toContain(' [::1]:6379  10.0.0.2:6380')
    expect(failoverJson(FAILOVER)).toMatchObject({ from: '[::1]:6379', to: '10.0.0.2:6380', epoch: 7 })
    expect(failoverText(FAILOVER, 1000)).toContain('switched from [::1]:6379 to 10.0.0.2:6380')
  })

  it('has brackets in the table of status', async () => {
    const { master, sentinels } = FACTS
    const port = await answeringServer({
      'SENTINEL MASTERS': [[...master].flat()], 'SENTINEL REPLICAS': [], 'SENTINEL SENTINELS': sentinels.map((one) => [...one].flat()),
      'SENTINEL CKQUORUM': 'OK', 'INFO': '',
    }, () => 'ERR unknown command')
    let text = ''
    const print = (part: string) => { text += part }
    await statusTool([`127.0.0.1:${port}`, '--one'], { print, printError: print, terminal: undefined, onInterrupt: () => () => undefined })
    expect(text).toMatch(/\[::1\]:6379 [^]*\[fe80::2\]:26379 /)
  })
})

describe('a failover that has not switched', () => {
  it('has no addresses', () => {
    const running: FailoverRecord = { ...FAILOVER, outcome: 'running', epoch: undefined, from: undefined, to: undefined }
    expect(failoverJson(running)).toMatchObject({ from: null, to: null, epoch: null })
    expect(new Map(failoverFields(running)).get('from')).toBe('')
  })
})

describe('a failover from before a restart', () => {
  it('is marked in SENTINEL HISTORY, in the table and in JSON, and the table of others is as ever', () => {
    const earlier: FailoverRecord = { ...FAILOVER, isBeforeRestart: true }
    const entries = [earlier, FAILOVER].map((one) => new Map(failoverFields(one)))
    expect(entries.map((one) => one.get('before-restart'))).toEqual(['yes', 'no'])
    const read = entries.map((one) => readFailover(one))
    expect(historyText(read, { utc: true })).toMatch(/ PROCESS\n.* earlier\n.* present\n/)
    expect(historyText(read.slice(1), { utc: true })).not.toContain('PROCESS')
    expect([earlier, FAILOVER].map((one) => failoverJson(one).beforeRestart)).toEqual([true, false])
  })
})
