import { describe, expect, it } from 'vitest'

import { eventually } from '../../../src/harness/eventually.ts'
import { countFailovers, failoverProblem, failoverTimes } from '../../../src/harness/failover-times.ts'
import { clock, Timeline } from '../../../src/harness/timeline.ts'
import { formatWriterReport } from '../../../src/harness/writer-report.ts'
import { startWriter, type Writer } from '../../../src/harness/writer.ts'
import type { WriteAnswer, WriterClient } from '../../../src/harness/writer-types.ts'

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

/** A client that acknowledges the first write and then answers nothing any more, in no way. */
function hanging(): WriterClient {
  const client = scripted([{}])
  const never = (): Promise<never> => new Promise(() => undefined)
  let first = true
  return {
    write: (key, value) => {
      if (!first) return never()
      first = false
      return client.write(key, value)
    },
    close: never,
  }
}

/** Waits until no write was acknowledged for so long. */
function lasts(writer: Writer, outageMs: number): Promise<void> {
  return eventually('the outage to last', () => { expect(writer.report().outageMs).toBeGreaterThan(outageMs) })
}

const NOTHING_LOST = (writer: { readonly acknowledged: readonly { readonly value: number }[] }) => ({
  call: () => Promise.resolve(writer.acknowledged.map(({ value }) => String(value))),
})

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

describe('the report of a writer whose client hangs', () => {
  it('counts an outage that is still open at the stop, and does not report that the client recovered', async () => {
    const writer = await startWriter({ ...OPTIONS, client: hanging(), timeoutMs: 50 })
    await lasts(writer, 400)
    const report = await writer.verify(NOTHING_LOST(writer))
    expect(report.outageMs).toBeGreaterThanOrEqual(400)
    expect(report).toMatchObject({ acknowledged: 1, recovered: false, lost: [] })
    expect(report.unknown).toBe(report.failed)
    expect(report.tried).toBe(report.acknowledged + report.failed)
    expect(formatWriterReport(report)).toContain('recovered            no')
  })

  it('ends at the stop although neither a write nor the close of the client returns', async () => {
    const writer = await startWriter({ ...OPTIONS, client: hanging(), timeoutMs: 600_000 })
    await writer.stop()
    const report = writer.report()
    expect(report).toMatchObject({ tried: 2, unknown: 1, recovered: false })
    expect(Object.keys(report.errors).filter((text) => text.startsWith('close: '))).toHaveLength(1)
    await expect(writer.nextAcknowledged()).rejects.toThrow('the writer was stopped')
  })

  it('does not report that a client recovered whose write waits for more than a second', async () => {
    const writer = await startWriter({ ...OPTIONS, client: hanging(), timeoutMs: 600_000 })
    await lasts(writer, 1_100)
    expect(writer.report()).toMatchObject({ recovered: false, unknown: 0 })
    await writer.stop()
  })

  it('fails a verification that requires recovery, with the whole account', async () => {
    const writer = await startWriter({ ...OPTIONS, client: hanging(), timeoutMs: 50 })
    const verified = writer.verify(NOTHING_LOST(writer), { requireRecovery: true, maxOutageMs: 200 })
    await expect(verified).rejects.toThrow(/did not write again[^]*at most 200 ms were expected[^]*fate unknown +\d/)
  })

  it('names each expectation that is not met', async () => {
    const writer = await startWriter({ ...OPTIONS, client: scripted([{}]) })
    const empty = { call: () => Promise.resolve([]) }
    await expect(writer.verify(empty, { maxLost: 0 })).rejects.toThrow(/^\d+ of the acknowledged writes lost; at most 0 were expected/)
  })

  it('compares the number of failovers since the start of the writer with the expected one, and shows the story', async () => {
    const timeline = new Timeline()
    const switched = (): void => { timeline.event('sentinel-0', '+switch-master', 'mymaster 127.0.0.1 1 127.0.0.1 2') }
    switched()
    const verified = async (expectFailovers: number | { least: number, most: number }): Promise<unknown> => {
      const writer = await startWriter({ ...OPTIONS, client: scripted([{}]), timeline })
      switched()
      return writer.verify(NOTHING_LOST(writer), { expectFailovers })
    }
    await expect(verified(1)).resolves.toMatchObject({ lost: [] })
    await expect(verified({ least: 0, most: 1 })).resolves.toMatchObject({ lost: [] })
    await expect(verified(0)).rejects.toThrow(/^1 failover where 0 were expected, more than the faults explain .*\n[^]*\n +0\.0 s {2}\+switch-master mymaster <address> <address>$/)
    await expect(verified(2)).rejects.toThrow(/^1 failover where 2 were expected /)
    const unseen = await startWriter({ ...OPTIONS, client: scripted([{}]) })
    await expect(unseen.verify(NOTHING_LOST(unseen), { expectFailovers: 0 })).rejects.toThrow('needs the events of the sentinels')
  })

  it('gives a client that is about to connect again the time for it', async () => {
    const refused = Array.from({ length: 30 }, () => new Error('Connection is closed.'))
    const writer = await startWriter({ ...OPTIONS, client: scripted([{}, ...refused, {}]) })
    const report = await writer.verify(NOTHING_LOST(writer), { requireRecovery: true, maxOutageMs: 10_000 })
    expect(report).toMatchObject({ failed: 30, recovered: true })
  })

  it('does not report a recovery from a fault after its stop', async () => {
    const faults: number[] = []
    const writer = await startWriter({ ...OPTIONS, client: scripted([{}]), lastFaultAt: () => faults.at(-1) })
    await writer.stop()
    expect(writer.report().recovered).toBe(true)
    faults.push(clock())
    expect(writer.report().recovered).toBe(false)
  })

  it('counts a write that is acknowledged after its time limit as late, and finds out when it is lost', async () => {
    const pending: ((answer: WriteAnswer) => void)[] = []
    const client: WriterClient = {
      write: (_key, value) => value === 2 ? new Promise((resolve) => { pending.push(resolve) }) : Promise.resolve({}),
      close: () => undefined,
    }
    const writer = await startWriter({ ...OPTIONS, client, timeoutMs: 20 })
    await eventually('the time limit', () => { expect(writer.report().unknown).toBe(1) })
    for (const answer of pending) answer({})
    await writer.nextAcknowledged()
    const report = await writer.verify(NOTHING_LOST(writer))
    expect(report).toMatchObject({ failed: 1, unknown: 1, late: 1, lost: [2] })
  })

  it('counts errors by any text, also by the names of an object', async () => {
    const names = ['constructor', '__proto__', 'toString']
    const answers = [{}, ...names.map((name) => new Error(name)), {}]
    const writer = await startWriter({ ...OPTIONS, client: scripted(answers) })
    await writer.nextAcknowledged()
    await writer.stop()
    expect(Object.entries(writer.report().errors)).toEqual(names.map((name) => [name, 1]))
  })

  it('refuses options that make no sense', async () => {
    await expect(startWriter({ ...OPTIONS, client: scripted([{}]), everyMs: Number.NaN })).rejects.toThrow('everyMs')
    await expect(startWriter({ ...OPTIONS, client: scripted([{}]), timeoutMs: -1 })).rejects.toThrow('timeoutMs')
  })
})

describe('the times of a failover', () => {
  it('have no time for all sentinels while a running one has not reported the switch', () => {
    const timeline = new Timeline()
    for (const name of ['sentinel-0', 'sentinel-1']) timeline.expectFrom(name, true)
    const fault = { at: timeline.mark('redis-0', 'fault: kill the master').at, position: timeline.position }
    timeline.event('sentinel-0', '+switch-master', 'm 127.0.0.1 1 127.0.0.1 2')
    expect(failoverTimes(timeline, fault).switchedMs).toBeGreaterThanOrEqual(0)
    expect(failoverTimes(timeline, fault).switchedOnAllMs).toBeUndefined()
    timeline.mark('sentinel-1', 'killed')
    expect(failoverTimes(timeline, fault).switchedOnAllMs).toBeGreaterThanOrEqual(0)
  })

  it('have the first event of each step, and the last sentinel of the switch', () => {
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

describe('the times of a failover of one master', () => {
  it('have no events of a master whose name begins with its name, or ends with it', () => {
    const timeline = new Timeline()
    const fault = { at: timeline.mark('redis-0', 'fault: kill the master').at, position: timeline.position }
    timeline.event('s', '+sdown', 'master my master 10.0.0.1 6379')
    timeline.event('s', '+promoted-slave', 'slave 10.0.0.2:6379 10.0.0.2 6379 @ my master 10.0.0.1 6379')
    timeline.event('s', '+switch-master', 'my master 10.0.0.1 6379 10.0.0.2 6379')
    for (const name of ['my', 'master']) {
      const { sdownMs, promotedMs, switchedMs } = failoverTimes(timeline, fault, name)
      expect([sdownMs, promotedMs, switchedMs]).toEqual([undefined, undefined, undefined])
      expect(countFailovers(timeline.entries, name)).toBe(0)
    }
    const { sdownMs, promotedMs, switchedMs } = failoverTimes(timeline, fault, 'my master')
    expect([sdownMs, promotedMs, switchedMs]).not.toContain(undefined)
    expect(failoverProblem(timeline.entries, { least: 1, most: 1 }, 'my master')).toBeUndefined()
  })
})

describe('the number of failovers', () => {
  const timeline = new Timeline()
  for (const sentinel of ['sentinel-0', 'sentinel-1']) timeline.event(sentinel, '+switch-master', 'm 127.0.0.1 1 127.0.0.1 2')
  timeline.event('sentinel-1', '+switch-master', 'm 127.0.0.1 2 127.0.0.1 1')
  timeline.event('sentinel-0', '+switch-master', 'constructor 127.0.0.1 5 127.0.0.1 6')

  it('is the sum over the masters, as counted by the sentinel that saw most', () => {
    expect(countFailovers(timeline.entries)).toBe(3)
  })

  it('is a problem when there are more or fewer than the faults explain', () => {
    expect(failoverProblem(timeline.entries, { least: 3, most: 3 })).toBeUndefined()
    expect(failoverProblem(timeline.entries, { least: 1, most: 1 }))
      .toMatch(/^3 failovers where 1 was expected, more than the faults explain \(m 127\.0\.0\.1 1 127\.0\.0\.1 2 at \d+ ms; /)
    expect(failoverProblem([], { least: 1, most: 2 })).toBe('0 failovers where 1 to 2 were expected')
  })
})
