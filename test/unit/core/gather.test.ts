import { beforeAll, describe, expect, it } from 'vitest'

import type { Effect, Input, OperationId, Request } from '../../../src/core/index.ts'
import { initialDurable, Sentinel } from '../../../src/core/index.ts'

const MASTERS = 400
const RUN_MS = 20_000
/** What happens before is the beginning: masters come one after the other. */
const SETTLED_MS = 10_000

interface Sending { readonly at: number, readonly connection: number, readonly kind: Request['kind'] }

function monitor(id: number): Input {
  const operation = { kind: 'monitor', name: `m${id}`, host: `10.0.${id >> 8}.${id & 255}`, port: 6379, quorum: 1 } as const
  return { type: 'operation', id: id as OperationId, operation }
}

/** Healthy nodes, added within a second, that answer within the same millisecond. */
function play(): Sending[] {
  const sentinel = new Sentinel({ durable: initialDurable('a'.repeat(40)), seed: 1, announcePort: 26379 })
  const sent: Sending[] = []
  let at = 0
  const inputs: { readonly at: number, readonly input: Input }[] = [{ at: 0, input: { type: 'start' } }]
  for (let id = 1; id <= MASTERS; id += 1) inputs.push({ at: Math.floor(id * 1000 / MASTERS), input: monitor(id) })
  const answer = (effect: Effect): void => {
    if (effect.type === 'connect') {
      inputs.push({ at, input: { type: 'connected', connection: effect.connection, localAddress: '10.1.0.1' } })
    } else if (effect.type === 'send') {
      sent.push({ at, connection: effect.connection, kind: effect.request.kind })
      const reply = effect.request.kind === 'ping' ? { kind: 'status', text: 'PONG' } as const
        : effect.request.kind === 'info' ? { kind: 'bulk', text: 'role:master\r\n' } as const
          : { kind: 'integer', value: 1n } as const
      inputs.push({ at, input: { type: 'reply', connection: effect.connection, request: effect.request, reply } })
    }
  }
  for (; at < RUN_MS; at += 1) {
    const isDue = (one: { readonly at: number }): boolean => one.at <= at
    for (let next = inputs.findIndex(isDue); next !== -1; next = inputs.findIndex(isDue)) {
      const [one] = inputs.splice(next, 1)
      if (one !== undefined) sentinel.step(one.input, { mono: at, wall: at }).forEach(answer)
    }
    const wakeAt = sentinel.wakeAt()
    if (wakeAt !== undefined && wakeAt <= at) sentinel.step({ type: 'tick' }, { mono: at, wall: at }).forEach(answer)
  }
  return sent.filter((one) => one.at >= SETTLED_MS)
}

describe('PING messages that are sent early together with those that are due', () => {
  let sent: Sending[]
  beforeAll(() => { sent = play() })

  it('reach each node about once per period', () => {
    const last = new Map<string, number>()
    const gaps = sent.flatMap(({ at, connection, kind }) => {
      const before = last.get(`${kind} ${connection}`)
      last.set(`${kind} ${connection}`, at)
      return kind === 'ping' && before !== undefined ? [at - before] : []
    })
    expect(gaps.length).toBeGreaterThan(MASTERS)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(950)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1010)
  })

  it('are about a hundred at most in one moment, also with thousands of nodes', () => {
    const moments = new Map<number, number>()
    for (const { at, kind } of sent) if (kind === 'ping') moments.set(at, (moments.get(at) ?? 0) + 1)
    expect(Math.max(...moments.values())).toBeLessThanOrEqual(110)
  })
})
