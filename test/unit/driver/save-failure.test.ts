/** A save that fails or hangs: config.md 6.7. */
import { describe, expect, it } from 'vitest'
import { createRig, emit, persist } from './rig.ts'

const denied = Object.assign(new Error('save failed'), {
  strerror: 'Permission denied', step: 'Could not create tmp config file (Permission denied)',
})

describe('a save that fails', () => {
  it('is logged in the words of the original, and the waiting effects run', async () => {
    const rig = createRig()
    await rig.step(persist(1), emit('vote'))
    await rig.endSave(denied)
    expect(rig.log).toEqual([
      'warning: Could not create tmp config file (Permission denied)',
      'warning: WARNING: Sentinel was not able to save the new configuration on disk!!!: Permission denied',
    ])
    expect(rig.journal.at(-1)).toBe('emit +new-epoch vote')
    expect(rig.core.inputs.at(-1)).toEqual({ type: 'saved', seq: 1, took: 0, error: 'Permission denied' })
  })

  it('has one log line when the original has no line for its step', async () => {
    const rig = createRig()
    await rig.step(persist(1))
    await rig.endSave(new Error('Is a directory'))
    expect(rig.log).toEqual(['warning: WARNING: Sentinel was not able to save the new configuration on disk!!!: Is a directory'])
  })

  it('names the mount point when a file cannot take the place of one that is mounted, once', async () => {
    const rig = createRig()
    await rig.step(persist(1))
    const busy = Object.assign(new Error('save failed'), {
      strerror: 'Device or resource busy', step: 'Could not rename tmp config file (Device or resource busy)',
    })
    await rig.endSave(busy)
    rig.clock.advance(1000)
    await rig.settle()
    await rig.endSave(busy)
    const advice = rig.log.filter((line) => line.includes('Mount its folder instead'))
    expect(advice).toEqual([expect.stringContaining('/etc/sentinel.conf is a mount point')])
    expect(rig.driver.health.save.error).toContain('Mount its folder')
  })

  it('is repeated with growing pauses until it succeeds, with the current state', async () => {
    const rig = createRig()
    await rig.step(persist(1))
    const pauses: number[] = []
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await rig.endSave(denied)
      const pause = (rig.clock.armedAt ?? NaN) - rig.clock.mono
      pauses.push(pause)
      rig.clock.advance(pause - 1)
      await rig.settle()
      expect(rig.store.running).toHaveLength(0)
      rig.clock.advance(1)
      await rig.settle()
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
    await rig.endSave()
    expect(rig.store.states.at(-1)?.myId).toBe('state 9')
    expect(rig.clock.armedAt).toBeUndefined()
    expect(rig.log.slice(-2)).toEqual([
      'debug: Rewritten config file (/etc/sentinel.conf) successfully', 'notice: Sentinel new configuration saved on disk',
    ])
  })

  it('is tried again after 1 s, however many other saves failed in the moment before', async () => {
    const rig = createRig()
    for (let seq = 1; seq <= 6; seq += 1) {
      await rig.step(persist(seq))
      await rig.endSave(denied)
    }
    expect((rig.clock.armedAt ?? NaN) - rig.clock.mono).toBe(1000)
  })

  it('is not tried again when something newer was saved meanwhile', async () => {
    const rig = createRig()
    await rig.step(persist(1))
    await rig.endSave(denied)
    await rig.step(persist(2))
    await rig.endSave()
    expect(rig.clock.armedAt).toBeUndefined()
    expect(rig.store.states).toHaveLength(2)
  })

  it('is visible in the health until a save succeeds', async () => {
    const rig = createRig()
    expect(rig.driver.health.save).toMatchObject({ error: undefined, failures: 0 })
    await rig.step(persist(1))
    await rig.endSave(denied)
    rig.clock.advance(1000)
    await rig.settle()
    await rig.endSave(denied)
    expect(rig.driver.health.save).toEqual({
      error: 'Permission denied', failingSince: 1_700_000_000_000, failures: 2, failuresTotal: 2, savesTotal: 0,
    })
    rig.clock.advance(2000)
    await rig.settle()
    await rig.endSave()
    expect(rig.driver.health.save).toEqual({
      error: undefined, failingSince: undefined, failures: 0, failuresTotal: 2, savesTotal: 1,
    })
  })
})

describe('a save that hangs', () => {
  it('holds back effects for ten seconds, after which they run as not saved until the disk answers', async () => {
    const rig = createRig()
    rig.core.script = (input) => input.type === 'operation'
      ? [persist(Number(input.id)), { type: 'answer', operation: input.id, result: { kind: 'ok' } }]
      : []
    const saves: string[] = []
    rig.driver.submit({ kind: 'save' }, ({ save }) => saves.push(save))
    await rig.settle()
    rig.clock.advance(9_999)
    await rig.settle()
    expect(saves).toEqual([])
    rig.clock.advance(1)
    await rig.settle()
    expect(saves).toEqual(['failed'])
    expect(rig.log.at(-1)).toContain('the save did not end within 10000 ms')
    expect(rig.core.inputs.find(({ type }) => type === 'saved')).toMatchObject({ seq: 1, error: 'the save did not end within 10000 ms' })
    rig.driver.submit({ kind: 'save' }, ({ save }) => saves.push(save))
    await rig.settle()
    expect(saves).toEqual(['failed', 'failed'])
    expect(rig.store.states).toHaveLength(1)
    // The disk comes back: what was asked for meanwhile is written at once.
    await rig.endSave()
    expect(rig.store.states).toHaveLength(2)
    await rig.endSave()
    expect(rig.driver.health.save.error).toBeUndefined()
    rig.driver.submit({ kind: 'save' }, ({ save }) => saves.push(save))
    await rig.settle()
    await rig.endSave()
    expect(saves).toEqual(['failed', 'failed', 'saved'])
  })

  it('holds a bounded number of effects', async () => {
    const rig = createRig()
    await rig.step(persist(1))
    await rig.step(...Array.from({ length: 99_999 }, (_, at) => emit(String(at))))
    expect(rig.driver.health.waitingEffects).toBe(100_000)
    await rig.step(emit('one too many'))
    expect(rig.journal.at(-1)).toBe('emit +new-epoch one too many')
    expect(rig.log.at(-1)).toContain('more than 100000 effects wait for the disk')
    expect(rig.driver.health.waitingEffects).toBe(0)
  })
})
