/** Who checks the checker: each thing that must never happen to a fleet is seen in logs and files when it does. */
import { mkdtempSync, rmSync, appendFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { readSentinelFile, type SentinelFileFacts } from '../../../src/harness/index.ts'
import { Invariants } from '../../chaos/invariants.ts'
import { LogReader } from '../../chaos/log-facts.ts'
import { planRound } from '../../chaos/plan.ts'

const [ONE, OTHER] = ['a'.repeat(40), 'b'.repeat(40)]
const [HERE, THERE] = ['127.0.0.1 6379', '127.0.0.1 6380']

let folder: string
let invariants: Invariants
const readers = new Map<string, LogReader>()
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chaos-checks-'))
  invariants = new Invariants()
  readers.clear()
})
afterEach(() => { rmSync(folder, { recursive: true }) })

/** A sentinel logs these messages. */
function logs(who: string, ...messages: readonly string[]): void {
  const file = join(folder, who)
  appendFileSync(file, messages.map((text) => `123:X 21 Nov 2026 13:18:58.616 # ${text}\n`).join(''))
  const reader = readers.get(who) ?? new LogReader(file)
  readers.set(who, reader)
  for (const fact of reader.next()) invariants.logged(who, fact)
}

function saves(who: string, epoch: number, address = HERE, changes: Partial<SentinelFileFacts> = {}): void {
  const text = `sentinel monitor m ${address} 2\nsentinel config-epoch m ${epoch}\nsentinel current-epoch ${epoch}\n`
  invariants.saved(who, { ...readSentinelFile(text, 'm'), ...changes })
}

const election = (epoch: number) => [`+new-epoch ${epoch}`, `+try-failover master m ${HERE}`]
const elected = `+elected-leader master m ${HERE}`

describe('the checker of a chaos run', () => {
  it('reports two votes of one sentinel in an epoch, also across a restart', () => {
    logs('s0', `+vote-for-leader ${ONE} 3`, `+vote-for-leader ${ONE} 3`, `+vote-for-leader ${OTHER} 4`)
    logs('s1', `+vote-for-leader ${OTHER} 3`)
    expect(invariants.violations).toEqual([])
    logs('s0', `+monitor master m ${HERE} quorum 2`, `+vote-for-leader ${OTHER} 3`)
    expect(invariants.violations).toEqual([`s0 voted in epoch 3 for ${ONE} and for ${OTHER}`])
  })

  it('reports two leaders in an epoch', () => {
    logs('s0', ...election(3), elected)
    logs('s1', ...election(4), elected)
    expect(invariants.violations).toEqual([])
    logs('s2', ...election(3), '+new-epoch 5', elected)
    expect(invariants.violations).toEqual(['s0 and s2 lead in epoch 3'])
  })

  it('reports two leaders only as a remark when an operator ordered one of the failovers', () => {
    logs('s0', ...election(3), elected)
    logs('s1', "Executing user requested FAILOVER of 'm'", ...election(3), elected)
    expect(invariants).toMatchObject({ violations: [], remarks: [expect.stringContaining('s0 and s1 lead in epoch 3')] })
  })

  it('reports an epoch that becomes smaller', () => {
    saves('s0', 3)
    saves('s0', 3, HERE, { leaderEpoch: 7 })
    expect(invariants.violations).toEqual([])
    saves('s0', 2, THERE)
    expect(invariants.violations).toEqual([
      's0: current-epoch went from 3 back to 2', 's0: config-epoch went from 3 back to 2', 's0: leader-epoch went from 7 back to 0',
    ])
  })

  it('reports one configuration epoch for two masters', () => {
    saves('s0', 3)
    saves('s1', 4, THERE)
    saves('s2', 3)
    expect(invariants.violations).toEqual([])
    saves('s2', 4)
    saves('s2', 4)
    invariants.judgeDisputes()
    invariants.judgeDisputes()
    expect(invariants.violations).toEqual(['config-epoch 4 is 127.0.0.1:6380 for s1 and 127.0.0.1:6379 for s2'])
  })

  it('reports that only as a remark when an operator ordered the failover, whatever is seen first', () => {
    saves('s1', 4, THERE)
    saves('s2', 4)
    logs('s1', "Executing user requested FAILOVER of 'm'", ...election(4), elected)
    invariants.judgeDisputes()
    expect(invariants).toMatchObject({ violations: [], remarks: [expect.stringContaining('config-epoch 4')] })
  })

  it('reports the stack trace of a process', () => {
    appendFileSync(join(folder, 's0'), 'TypeError: x is not a function\n    at step (file:///x/ts-sentinel.js:12:3)\n')
    logs('s0', '+sdown')
    expect(invariants.violations).toHaveLength(1)
  })

  it('reports acknowledged writes that are lost although their master was not replaced', () => {
    const [server, at] = [{ host: '127.0.0.1', port: 6379 }, Date.parse('21 Nov 2026 13:20:00')]
    invariants.wrote([{ value: 1, at, server }], [])
    expect(invariants.violations).toEqual([])
    invariants.wrote([{ value: 1, at, server }], [1])
    expect(invariants.violations).toHaveLength(1)
    logs('s0', `+switch-master m ${HERE} ${THERE}`)
    invariants.wrote([{ value: 1, at, server }], [1])
    expect(invariants.violations).toHaveLength(1)
    // The new one was not deposed.
    invariants.wrote([{ value: 2, at, server: { host: '127.0.0.1', port: 6380 } }], [2])
    expect(invariants.violations).toHaveLength(2)
  })
})

describe('plans of a chaos run', () => {
  const size = { replicas: 2, sentinels: 3 }

  it('are fixed by seed and round', () => {
    expect(planRound(7, 3, size)).toEqual(planRound(7, 3, size))
    expect(planRound(7, 3, size)).not.toEqual(planRound(7, 4, size))
  })

  it('have every kind of fault', () => {
    const plans = Array.from({ length: 200 }, (_, round) => planRound(7, round, size))
    const kinds = plans.flatMap(({ faults }) => faults.map(({ fault }) => fault.kind))
    expect([...new Set(kinds)].sort()).toEqual([
      'ambush', 'deafen', 'delay', 'failover', 'isolate', 'kill', 'kill all sentinels', 'mend', 'mute', 'pause', 'reset',
      'silence', 'split',
    ])
  })
})
