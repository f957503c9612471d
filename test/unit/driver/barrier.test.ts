/** The save barrier: ARCHITECTURE.md, "The persistence barrier", and behaviour.md 11.4. */
import { describe, expect, it } from 'vitest'
import type { OperationId } from '../../../src/core/index.ts'
import { connection, createRig, emit, persist, ping, publish } from './rig.ts'

describe('the barrier', () => {
  it('runs effects in order when nothing is to be saved', async () => {
    const rig = createRig()
    await rig.step(emit('1'), publish(1), ping(1), emit('2'))
    expect(rig.journal).toEqual(['emit +new-epoch 1', 'send 1 PUBLISH', 'send 1 PING', 'emit +new-epoch 2'])
  })

  it('holds back messages about the state until it is saved, and not those that keep links alive', async () => {
    const rig = createRig()
    await rig.step(
      emit('before'), persist(1), emit('after'), publish(1), ping(1),
      { type: 'send', connection: connection(1), argv: ['INFO'], request: { kind: 'info', record: 1 as never, afterOrder: false, askedAt: 0 } },
      { type: 'send', connection: connection(1), argv: ['EXEC'], request: { kind: 'transaction', command: 'EXEC' } },
      { type: 'send', connection: connection(1), argv: ['INFO', 'ordered'], request: { kind: 'info', record: 1 as never, afterOrder: true, askedAt: 0 } },
      { type: 'connect', connection: connection(2), purpose: 'hello', nodeKind: 'data-node', host: '192.0.2.1', port: 1 },
      { type: 'subscribe', connection: connection(2), command: 'SUBSCRIBE', channel: 'hello' },
      { type: 'close', connection: connection(3) },
      { type: 'run-script', argv: ['x.sh'] },
    )
    expect(rig.journal).toEqual([
      'emit +new-epoch before', 'send 1 PING', 'send 1 INFO', 'open 2 192.0.2.1:1 hello data-node',
      'subscribe 2 SUBSCRIBE hello', 'close 3', 'save starts',
    ])
    rig.journal.length = 0
    await rig.endSave()
    expect(rig.journal).toEqual(['emit +new-epoch after', 'send 1 PUBLISH', 'send 1 EXEC', 'send 1 INFO ordered', 'script x.sh'])
  })

  it('holds back the effects of later steps until the save has ended, too', async () => {
    const rig = createRig()
    await rig.step(persist(1))
    await rig.step(emit('later'), ping(1))
    expect(rig.journal).toEqual(['save starts', 'send 1 PING'])
    await rig.endSave()
    expect(rig.journal.at(-1)).toBe('emit +new-epoch later')
  })

  it('shares one save among all that ask while one runs, and takes the state when it starts', async () => {
    const rig = createRig()
    await rig.step(persist(1), emit('1'))
    await rig.step(persist(2), emit('2'))
    await rig.step(persist(3), emit('3'), persist(4), emit('4'))
    expect(rig.store.states).toHaveLength(1)
    await rig.endSave()
    expect(rig.store.states.map((state) => state.myId)).toEqual(['state 1', 'state 2'])
    expect(rig.journal).toEqual(['save starts', 'emit +new-epoch 1', 'save starts'])
    await rig.endSave()
    expect(rig.journal.slice(3)).toEqual(['emit +new-epoch 2', 'emit +new-epoch 3', 'emit +new-epoch 4'])
    expect(rig.store.states).toHaveLength(2)
  })

  it('shares one save among inputs that came in together', async () => {
    const rig = createRig()
    let seq = 0
    rig.core.script = (input) => input.type === 'message' ? [persist(seq += 1)] : []
    for (let i = 0; i < 100; i += 1) rig.driver.enqueue({ type: 'message', connection: connection(1), payload: '' })
    await rig.settle()
    expect(rig.store.states).toHaveLength(1)
    await rig.endSave()
    expect(rig.store.states).toHaveLength(1)
    expect(rig.core.inputs.at(-1)).toMatchObject({ type: 'saved', seq: 100 })
  })

  it('passes the duration of a save to the core', async () => {
    const rig = createRig()
    await rig.step(persist(1))
    rig.clock.mono = 7
    await rig.endSave()
    expect(rig.core.inputs.at(-1)).toEqual({ type: 'saved', seq: 1, took: 7 })
  })

  it('runs durability waiters when their save has ended, and at once when it had', async () => {
    const rig = createRig()
    const seen: string[] = []
    rig.driver.whenDurable(0, () => seen.push('zero'))
    await rig.step(persist(1))
    rig.driver.whenDurable(1, () => seen.push('one'))
    await rig.settle()
    expect(seen).toEqual(['zero'])
    await rig.endSave()
    expect(seen).toEqual(['zero', 'one'])
    rig.driver.whenDurable(1, () => seen.push('one again'))
    expect(seen).toEqual(['zero', 'one', 'one again'])
  })
})

describe('answers to operations', () => {
  const answerWith = (rig: ReturnType<typeof createRig>, withSave: boolean) => {
    let seq = 0
    rig.core.script = (input) => input.type === 'operation'
      ? [...withSave ? [persist(seq += 1)] : [], { type: 'answer', operation: input.id, result: { kind: 'ok' } }]
      : []
  }

  it('are sent after the save of their own operation, never synchronously, exactly once', async () => {
    const rig = createRig()
    answerWith(rig, true)
    const outcomes: unknown[] = []
    rig.driver.submit({ kind: 'save' }, (outcome) => outcomes.push(outcome))
    await rig.settle()
    expect(outcomes).toEqual([])
    await rig.endSave()
    await rig.settle()
    expect(outcomes).toEqual([{ result: { kind: 'ok' }, save: 'saved' }])
  })

  it('report that no save was needed', async () => {
    const rig = createRig()
    answerWith(rig, false)
    const outcomes: unknown[] = []
    rig.driver.submit({ kind: 'reset', pattern: '*' }, (outcome) => outcomes.push(outcome))
    expect(outcomes).toEqual([])
    await rig.settle()
    expect(outcomes).toEqual([{ result: { kind: 'ok' }, save: 'none' }])
  })

  it('report that their save failed', async () => {
    const rig = createRig()
    answerWith(rig, true)
    const outcomes: unknown[] = []
    rig.driver.submit({ kind: 'save' }, (outcome) => outcomes.push(outcome))
    await rig.settle()
    await rig.endSave(new Error('No space left on device'))
    expect(outcomes).toEqual([{ result: { kind: 'ok' }, save: 'failed' }])
  })

  it('are replaced when the save that they depend on has failed, also where a later step gives them', async () => {
    const rig = createRig()
    rig.core.script = (input) => input.type === 'operation'
      ? [
          ...input.id === 1 ? [persist(1)] : [],
          {
            type: 'answer', operation: input.id, result: { kind: 'reset', count: 1 },
            unlessSaved: { seq: 1, result: { kind: 'reset', count: 0 } },
          },
        ]
      : []
    const counts: unknown[] = []
    const ask = () => { rig.driver.submit({ kind: 'save' }, ({ result }) => counts.push(result.kind === 'reset' && result.count)) }
    ask()
    ask()
    await rig.settle()
    expect(counts).toEqual([])
    await rig.endSave(new Error('No space left on device'))
    expect(counts).toEqual([0, 0])
    ask()
    await rig.settle()
    expect(counts).toEqual([0, 0, 0])
    rig.clock.advance(1000)
    await rig.settle()
    await rig.endSave()
    ask()
    await rig.settle()
    expect(counts).toEqual([0, 0, 0, 1])
  })

  it('are sent to the client that asked', async () => {
    const rig = createRig()
    const ids: OperationId[] = []
    rig.core.script = (input) => {
      if (input.type === 'operation') ids.push(input.id)
      return input.type === 'tick' ? ids.toReversed().map((id, at) => (
        { type: 'answer', operation: id, result: { kind: 'reset', count: at } } as const
      )) : []
    }
    const counts: unknown[] = []
    rig.driver.submit({ kind: 'reset', pattern: 'a' }, ({ result }) => counts.push(['a', result]))
    rig.driver.submit({ kind: 'reset', pattern: 'b' }, ({ result }) => counts.push(['b', result]))
    await rig.settle()
    rig.driver.enqueue({ type: 'tick' })
    await rig.settle()
    expect(counts).toEqual([['b', { kind: 'reset', count: 0 }], ['a', { kind: 'reset', count: 1 }]])
  })
})
