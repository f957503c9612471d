/** Writing our own state: docs/decisions/0047-state-of-our-own.md. */
import { describe, expect, it } from 'vitest'
import { createRig, emit, persist, type Rig } from './rig.ts'
import { type Effect } from '../../../src/core/index.ts'

const keep: Effect = { type: 'keep', isBeforeSave: false }
const keepFirst: Effect = { type: 'keep', isBeforeSave: true }
const full = Object.assign(new Error('save failed'), { strerror: 'No space left on device' })

async function pass(rig: Rig, ms: number): Promise<void> {
  rig.clock.advance(ms)
  await rig.settle()
}

describe('our own state', () => {
  it('is written one second after it changed, with all changes of that second', async () => {
    const rig = createRig()
    await rig.step(keep)
    await pass(rig, 600)
    await rig.step(keep)
    await pass(rig, 399)
    expect(rig.ownStore.running).toHaveLength(0)
    await pass(rig, 1)
    expect(rig.ownStore.running).toHaveLength(1)
    await rig.endKeep()
    expect(rig.clock.armedAt).toBeUndefined()
    expect(rig.log).toEqual([])
  })

  it('is written again when it changed during a write, at most once in a second', async () => {
    const rig = createRig()
    await rig.step(keep)
    await pass(rig, 1000)
    await rig.step(keep)
    await rig.endKeep()
    await pass(rig, 999)
    expect(rig.ownStore.running).toHaveLength(0)
    await pass(rig, 1)
    expect(rig.ownStore.running).toHaveLength(1)
  })

  it('never holds back an effect, even while its write hangs', async () => {
    const rig = createRig()
    await rig.step(keep, emit('first'))
    await pass(rig, 1000)
    expect(rig.ownStore.running).toHaveLength(1)
    await rig.step(emit('second'), persist(1), emit('third'))
    expect(rig.store.running).toHaveLength(1)
    await rig.endSave()
    expect(rig.journal).toEqual(['emit +new-epoch first', 'emit +new-epoch second', 'save starts', 'emit +new-epoch third'])
  })

  it('waits for a save of the configuration that runs', async () => {
    const rig = createRig()
    await rig.step(keep, persist(1))
    await pass(rig, 5000)
    expect(rig.ownStore.running).toHaveLength(0)
    await rig.endSave()
    expect(rig.ownStore.running).toHaveLength(1)
  })

  it('is written before a save that must not be on the disk without it', async () => {
    const rig = createRig()
    await rig.step(keepFirst)
    expect([rig.ownStore.running.length, rig.store.running.length]).toEqual([0, 0])
    await rig.step(persist(1), emit('after'))
    expect([rig.ownStore.running.length, rig.store.running.length]).toEqual([1, 0])
    await rig.endKeep()
    expect([rig.ownStore.running.length, rig.store.running.length]).toEqual([0, 1])
    await rig.endSave()
    expect(rig.journal).toEqual(['save starts', 'emit +new-epoch after'])
    await rig.step(persist(2))
    expect([rig.ownStore.running.length, rig.store.running.length]).toEqual([0, 1])
  })

  it('is written once more before a save when it changed during a write', async () => {
    for (const [first, writes] of [[keep, 2], [keepFirst, 2]] as const) {
      const rig = createRig()
      await rig.step(first)
      await pass(rig, 1000)
      expect(rig.ownStore.running).toHaveLength(1)
      await rig.step(keepFirst, persist(1))
      await rig.endKeep()
      expect([rig.ownStore.running.length, rig.store.running.length]).toEqual([1, 0])
      await rig.endKeep()
      expect([rig.ownStore.states.length, rig.store.running.length]).toEqual([writes, 1])
    }
  })

  it('is waited for by a save that begins during its write', async () => {
    const rig = createRig()
    await rig.step(keepFirst)
    await pass(rig, 1000)
    await rig.step(persist(1))
    expect([rig.ownStore.running.length, rig.store.running.length]).toEqual([1, 0])
    await rig.endKeep()
    expect([rig.ownStore.states.length, rig.store.running.length]).toEqual([1, 1])
  })

  it('does not stop a save when it cannot be written, and is tried again before the next one', async () => {
    const rig = createRig()
    await rig.step(keepFirst, persist(1))
    await rig.endKeep(full)
    expect([rig.ownStore.running.length, rig.store.running.length]).toEqual([0, 1])
    await rig.endSave()
    await rig.step(persist(2))
    expect([rig.ownStore.running.length, rig.store.running.length]).toEqual([1, 0])
    await rig.endKeep()
    await rig.endSave()
    await rig.step(persist(3))
    expect([rig.ownStore.running.length, rig.store.running.length]).toEqual([0, 1])
  })

  it('releases what waits for a save after 10 s when its own write before it hangs', async () => {
    const rig = createRig()
    await rig.step(keepFirst, persist(1), emit('after'))
    await pass(rig, 9999)
    expect(rig.journal).toEqual([])
    await pass(rig, 1)
    expect(rig.journal).toEqual(['emit +new-epoch after'])
  })

  it('is logged once when it cannot be written and once when it can again, and is tried with growing pauses', async () => {
    const rig = createRig()
    await rig.step(keep)
    await pass(rig, 1000)
    const pauses: number[] = []
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await rig.endKeep(full)
      pauses.push((rig.clock.armedAt ?? NaN) - rig.clock.mono)
      await pass(rig, pauses.at(-1) ?? 0)
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
    expect(rig.log).toEqual([expect.stringContaining(
      'warning: Cannot write /etc/sentinel.conf.ts-sentinel.json: No space left on device.',
    )])
    expect(rig.driver.health.keep).toEqual({
      error: 'No space left on device', failingSince: 1_700_000_001_000, failuresTotal: 8, writesTotal: 0,
    })
    expect(rig.driver.health.save.error).toBeUndefined()
    await rig.endKeep()
    expect(rig.log.slice(1)).toEqual(['notice: /etc/sentinel.conf.ts-sentinel.json is written again.'])
    expect(rig.driver.health.keep)
      .toEqual({ error: undefined, failingSince: undefined, failuresTotal: 8, writesTotal: 1 })
    expect(rig.clock.armedAt).toBeUndefined()
  })

  it('is written without delay at a stop, after the saves, and a failure ends the stop too', async () => {
    for (const failure of [undefined, full]) {
      const rig = createRig()
      await rig.step(persist(1), keep)
      let isStopped = false
      void rig.driver.stop().then(() => { isStopped = true })
      await rig.settle()
      expect(rig.ownStore.running).toHaveLength(0)
      await rig.endSave()
      expect([rig.ownStore.running.length, isStopped]).toEqual([1, false])
      await rig.endKeep(failure)
      expect(isStopped).toBe(true)
    }
  })

  it('has its last changes written at a stop that comes during a write', async () => {
    const rig = createRig()
    await rig.step(keep)
    await pass(rig, 1000)
    await rig.step(keep)
    let isStopped = false
    void rig.driver.stop().then(() => { isStopped = true })
    await rig.endKeep()
    expect([rig.ownStore.running.length, isStopped]).toEqual([1, false])
    await rig.endKeep()
    expect(isStopped).toBe(true)
  })

  it('is not written at a stop when nothing changed', async () => {
    const rig = createRig()
    void rig.driver.stop()
    await rig.settle()
    expect(rig.ownStore.states).toEqual([])
  })
})
