/** Simulated clocks and disks. */
import { describe, expect, it } from 'vitest'
import type { DurableState } from '../../../src/core/index.ts'
import { EventQueue } from '../../simulator/event-queue.ts'
import { Host } from '../../simulator/host.ts'
import { SimRandom } from '../../simulator/random.ts'
import { SimClock } from '../../simulator/sim-clock.ts'
import { SimDisk } from '../../simulator/sim-disk.ts'

function createHost() {
  const queue = new EventQueue()
  const host = new Host({ name: 'a', ip: '10.0.0.1', queue })
  const run = (micros: number) => {
    const limit = queue.now + micros
    while (queue.runNext(limit));
    queue.advanceTo(limit)
  }
  return { queue, host, life: host.begin(), run }
}

describe('the event queue', () => {
  it('runs by time, and in the order of entry within one moment', () => {
    const { queue, run } = createHost()
    const ran: string[] = []
    queue.at(20, () => ran.push('c'))
    queue.at(10, () => ran.push('a'))
    queue.at(10, () => ran.push('b'))
    const gone = queue.at(10, () => ran.push('never'))
    queue.cancel(gone)
    run(100)
    expect(ran).toEqual(['a', 'b', 'c'])
    expect(queue.now).toBe(100)
  })
})

describe('a simulated clock', () => {
  it.each([0, 50_000, -50_000, 333])('with a drift of %i ppm fires exactly when it shows the moment', (driftPpm) => {
    const { life, run } = createHost()
    const clock = new SimClock(life, { monoStart: 5000, driftPpm })
    let shown = 0
    clock.armAt(6000, () => { shown = clock.now().mono })
    run(2_000_000)
    expect(shown).toBe(6000)
    expect(clock.now().mono).toBe(5000 + Math.floor(2000 * (1 + driftPpm / 1_000_000)))
  })

  it('jumps only its wall time', () => {
    const { life, run } = createHost()
    const clock = new SimClock(life)
    const before = clock.now()
    clock.jumpWall(-5000)
    run(1_000_000)
    expect(clock.now().mono - before.mono).toBe(1000)
    expect(clock.now().wall - before.wall).toBe(-4000)
  })

  it('fires after the stop when the process is stopped', () => {
    const { life, run } = createHost()
    const clock = new SimClock(life, { monoStart: 0 })
    let shown = 0
    clock.armAt(1000, () => { shown = clock.now().mono })
    life.pause()
    run(5_000_000)
    expect(shown).toBe(0)
    life.resume()
    expect(shown).toBe(5000)
  })

  it('may change its drift while it is armed', () => {
    const { life, run } = createHost()
    const clock = new SimClock(life, { monoStart: 0 })
    let shown = 0
    clock.armAt(1000, () => { shown = clock.now().mono })
    run(500_000)
    clock.setDrift(20_000)
    run(2_000_000)
    expect(shown).toBe(1000)
  })
})

describe('a simulated disk', () => {
  const state = (myId: string) => ({ myId }) as DurableState

  function createDisk(seed = 1) {
    const { life, host, run } = createHost()
    let settled = 0
    const disk = new SimDisk({ content: state('old'), random: new SimRandom(seed), onSettled: () => { settled += 1 } })
    disk.writeMin = 1000
    disk.writeJitter = 0
    return { disk, life, host, run, settled: () => settled }
  }

  it('holds a state when its write has ended, not before', async () => {
    const { disk, life, run, settled } = createDisk()
    const saved = disk.storeFor(life).save(state('new'))
    run(999)
    expect(disk.content.myId).toBe('old')
    run(1)
    expect(disk.content.myId).toBe('new')
    expect(settled()).toBe(1)
    await saved
  })

  it('keeps the old state when it fails, and reports the reason', async () => {
    const { disk, life, run } = createDisk()
    disk.failure = 'No space left on device'
    const saved = disk.storeFor(life).save(state('new'))
    run(1000)
    await expect(saved).rejects.toMatchObject({ strerror: 'No space left on device' })
    expect(disk.content.myId).toBe('old')
  })

  it('has the old state or the new one, whole, when a crash comes in between', () => {
    const found = new Set<string>()
    for (let seed = 1; seed <= 20; seed += 1) {
      const { disk, life, host, run } = createDisk(seed)
      void disk.storeFor(life).save(state('new'))
      run(500)
      host.end()
      disk.crash()
      run(10_000)
      found.add(disk.content.myId)
    }
    expect(found).toEqual(new Set(['old', 'new']))
  })

  it('ends its writes when it hangs no longer', () => {
    const { disk, life, run } = createDisk()
    disk.stick()
    void disk.storeFor(life).save(state('new'))
    run(60_000_000)
    expect(disk.content.myId).toBe('old')
    disk.unstick()
    expect(disk.content.myId).toBe('new')
  })
})
