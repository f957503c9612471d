/** The loop: inputs in order, one timer, errors of our own, stopping. */
import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../../src/core/assert.ts'
import type { DurableState } from '../../../src/core/index.ts'
import { connection, createRig, emit, persist, ping } from './rig.ts'

describe('the loop', () => {
  it('steps through inputs in the order in which they came, start first', async () => {
    const rig = createRig({ started: false })
    rig.driver.enqueue({ type: 'subscribed', connection: connection(1) })
    rig.driver.enqueue({ type: 'tick' })
    await rig.settle()
    expect(rig.core.inputs).toEqual([])
    rig.driver.start()
    expect(rig.core.inputs).toEqual([])
    await rig.settle()
    expect(rig.core.inputs.map(({ type }) => type)).toEqual(['start', 'subscribed', 'tick'])
  })

  it('takes an input that an effect causes after the running step', async () => {
    const rig = createRig({ started: false })
    rig.core.script = (input) => input.type === 'start' ? [{ type: 'resolve', host: 'redis.example' }, emit('x')] : []
    rig.driver.start()
    await rig.settle()
    expect(rig.journal).toEqual(['resolve redis.example', 'emit +new-epoch x'])
    expect(rig.core.inputs.at(-1)).toEqual({ type: 'resolved', host: 'redis.example', address: '192.0.2.1' })
  })

  it('drops hello messages while 50,000 inputs wait, and nothing else', async () => {
    const rig = createRig()
    await rig.settle()
    const message = { type: 'message', connection: connection(1), payload: 'hello' } as const
    for (let at = 0; at < 50_010; at += 1) rig.driver.enqueue(message)
    rig.driver.enqueue({ type: 'tick' })
    await rig.settle()
    expect(rig.core.inputs.filter(({ type }) => type === 'message')).toHaveLength(50_000)
    expect(rig.core.inputs.at(-1)).toEqual({ type: 'tick' })
  })

  it('arms the one timer for the next deadline and ticks when it has come', async () => {
    const rig = createRig({ started: false })
    rig.core.nextWake = 500
    rig.driver.start()
    await rig.settle()
    expect(rig.clock.armedAt).toBe(500)
    rig.core.script = () => {
      rig.core.nextWake = undefined
      return [ping(1)]
    }
    rig.clock.advance(500)
    await rig.settle()
    expect(rig.core.inputs.at(-1)).toEqual({ type: 'tick' })
    expect(rig.journal).toEqual(['send 1 PING'])
    expect(rig.clock.armedAt).toBeUndefined()
  })

  it('processes waiting inputs before a deadline that has passed', async () => {
    const rig = createRig({ started: false })
    rig.core.nextWake = 500
    rig.driver.start()
    await rig.settle()
    rig.clock.advance(900)
    rig.driver.enqueue({ type: 'subscribed', connection: connection(1) })
    rig.core.script = (input) => {
      if (input.type === 'tick') rig.core.nextWake = undefined
      return []
    }
    await rig.settle()
    expect(rig.core.inputs.map(({ type }) => type)).toEqual(['start', 'subscribed', 'tick'])
  })

  it('stops at once at a simulated crash, and runs nothing after it', async () => {
    const rig = createRig()
    await rig.step(emit('elected'), { type: 'exit', status: 99 }, emit('never'))
    await rig.step(emit('never'))
    expect(rig.journal).toEqual(['emit +new-epoch elected', 'exit 99'])
  })

  it('runs a simulated crash after the save before it', async () => {
    const rig = createRig()
    await rig.step(persist(1), emit('promoted'), { type: 'exit', status: 99 })
    expect(rig.journal).toEqual(['save starts'])
    await rig.endSave()
    expect(rig.journal).toEqual(['save starts', 'emit +new-epoch promoted', 'exit 99'])
  })
})

describe('a save before the start', () => {
  const state = { myId: 'new' } as DurableState

  it('ends before the core receives any input', async () => {
    const rig = createRig({ started: false })
    let saved = false
    void rig.driver.saveBeforeStart(state).then(() => { saved = true })
    rig.driver.submit({ kind: 'reset', pattern: '*' }, () => undefined)
    await rig.settle()
    expect(rig.store.states).toEqual([state])
    expect(saved).toBe(false)
    await rig.endSave()
    expect(saved).toBe(true)
    expect(rig.core.inputs).toEqual([])
    rig.driver.start()
    await rig.settle()
    expect(rig.core.inputs.map(({ type }) => type)).toEqual(['start', 'operation'])
    expect(rig.store.states).toHaveLength(1)
  })

  it('is logged and repeated when it fails, with the current state', async () => {
    const rig = createRig({ started: false })
    let ended = false
    void rig.driver.saveBeforeStart(state).then(() => { ended = true })
    await rig.settle()
    await rig.endSave(new Error('Permission denied'))
    expect(ended).toBe(true)
    expect(rig.log.at(-1)).toContain('WARNING: Sentinel was not able to save')
    rig.driver.start()
    await rig.settle()
    expect(rig.clock.armedAt).toBe(1000)
    rig.clock.advance(1000)
    await rig.settle()
    expect(rig.store.states.map(({ myId }) => myId)).toEqual(['new', 'state 1'])
  })

  it('delays the start for ten seconds at most', async () => {
    const rig = createRig({ started: false })
    let ended = false
    void rig.driver.saveBeforeStart(state).then(() => { ended = true })
    await rig.settle()
    rig.clock.advance(9_999)
    await rig.settle()
    expect(ended).toBe(false)
    rig.clock.advance(1)
    await rig.settle()
    expect(ended).toBe(true)
  })
})

describe('internal errors', () => {
  it('end the process: no further step, no further effect', async () => {
    const rig = createRig({ started: false })
    const broken = new InvariantError('two leaders')
    rig.core.script = () => { throw broken }
    rig.driver.start()
    rig.driver.enqueue({ type: 'tick' })
    await rig.settle()
    expect(rig.fatal).toEqual([broken])
    expect(rig.core.inputs).toHaveLength(1)
    await rig.step(emit('never'))
    expect(rig.journal).toEqual([])
  })

  it('include those of the receiver of an answer', async () => {
    const rig = createRig()
    rig.core.script = (input) => input.type === 'operation'
      ? [persist(1), { type: 'answer', operation: input.id, result: { kind: 'ok' } }]
      : []
    const broken = new Error('bad handler')
    rig.driver.submit({ kind: 'save' }, () => { throw broken })
    await rig.settle()
    await rig.endSave()
    expect(rig.fatal).toEqual([broken])
  })
})

describe('stop', () => {
  it('ends at once when nothing is to be saved, and may be asked for twice', async () => {
    const rig = createRig({ started: false })
    rig.core.nextWake = 500
    rig.driver.start()
    await rig.settle()
    let stopped = 0
    void rig.driver.stop().then(() => { stopped += 1 })
    void rig.driver.stop().then(() => { stopped += 1 })
    await rig.settle()
    expect(stopped).toBe(2)
    expect(rig.clock.armedAt).toBeUndefined()
    rig.driver.start()
    await rig.settle()
    expect(rig.core.inputs).toHaveLength(1)
  })

  it('waits for the requested saves and runs the effects that waited for them', async () => {
    const rig = createRig()
    await rig.step(persist(1), emit('1'))
    await rig.step(persist(2), emit('2'))
    let stopped = false
    void rig.driver.stop().then(() => { stopped = true })
    await rig.settle()
    await rig.endSave()
    expect(stopped).toBe(false)
    await rig.endSave()
    expect(stopped).toBe(true)
    expect(rig.journal.filter((line) => line.startsWith('emit'))).toEqual(['emit +new-epoch 1', 'emit +new-epoch 2'])
  })
})
