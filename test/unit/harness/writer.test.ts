import { describe, expect, it } from 'vitest'

import { failoverTimes } from '../../../src/harness/failover-times.ts'
import { Timeline } from '../../../src/harness/timeline.ts'
import { formatWriterReport } from '../../../src/harness/writer-report.ts'
import { startWriter, type WriteAnswer, type WriterClient } from '../../../src/harness/writer.ts'

/** A client that gives these answers in turn, and the last one for ever. */
function scripted(answers: readonly (WriteAnswer | Error)[]): WriterClient {
  let at = 0
  return {
    write: () => {
      const answer = answers[Math.min(at++, answers.length - 1)] ?? {}
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
    close: () => undefined,
  }
}

const OPTIONS = { masterName: 'mymaster', sentinels: [], everyMs: 1 }

describe('the counter writer', () => {
  it('counts refusals by READONLY among the failures', async () => {
    const readonly = new Error("READONLY You can't write against a read only replica.")
    const writer = await startWriter({
      ...OPTIONS, client: scripted([{ length: 1 }, readonly, readonly, new Error('Connection is closed.'), { length: 2 }]),
    })
    await writer.nextAcknowledged()
    await writer.stop()
    const report = writer.report()
    expect(report).toMatchObject({ failed: 3, readonlyErrors: 2 })
    expect(report.tried).toBe(report.acknowledged + report.failed)
    expect(report.errors['Connection is closed.']).toBe(1)
  })

  it('sees a server that forgot writes, by a list that got shorter', async () => {
    const lengths = [10, 11, 9, 10, 11]
    const writer = await startWriter({ ...OPTIONS, client: scripted([...lengths.map((length) => ({ length })), {}]) })
    await writer.nextAcknowledged()
    await writer.nextAcknowledged()
    await writer.nextAcknowledged()
    await writer.stop()
    expect(writer.report().regressions).toBe(1)
  })

  it('finds acknowledged values that are lost, and stored ones that were never acknowledged', async () => {
    const writer = await startWriter({ ...OPTIONS, client: scripted([{}, new Error('reset'), {}]) })
    await writer.nextAcknowledged()
    await writer.stop()
    const values = writer.acknowledged.map(({ value }) => value)
    const [first = 0] = values
    const stored = [...values.slice(1), 2].map(String)
    const report = await writer.verify({ call: () => Promise.resolve(stored) })
    expect(report.lost).toEqual([first])
    expect(report.unacknowledgedButStored).toBe(1)
    expect(formatWriterReport(report)).toMatch(/^writes tried +\d+\nacknowledged +\d+\nfailed +1\n[^]*acknowledged, lost +1\n[^]*1 x reset$/)
  })
})

describe('failoverTimes', () => {
  it('takes the first of each step, and the last sentinel for the switch', () => {
    const timeline = new Timeline()
    timeline.event('sentinel-0', '+sdown', 'master mymaster 127.0.0.1 6379')
    const { at } = timeline.mark('redis-0', 'fault: kill the master')
    const fault = { at, position: timeline.position }
    timeline.event('sentinel-1', '+sdown', 'slave 127.0.0.1:6380 127.0.0.1 6380 @ mymaster 127.0.0.1 6379')
    timeline.event('sentinel-1', '+odown', 'master other 127.0.0.1 7000 #quorum 2/2')
    const sdown = timeline.event('sentinel-1', '+sdown', 'master mymaster 127.0.0.1 6379')
    const first = timeline.event('sentinel-1', '+switch-master', 'mymaster 127.0.0.1 6379 127.0.0.1 6380')
    const last = timeline.event('sentinel-0', '+switch-master', 'mymaster 127.0.0.1 6379 127.0.0.1 6380')
    expect(failoverTimes(timeline, fault, 'mymaster')).toEqual({
      sdownMs: sdown.at - at,
      odownMs: undefined,
      electedMs: undefined,
      promotedMs: undefined,
      switchedMs: first.at - at,
      switchedOnAllMs: last.at - at,
    })
  })
})
