/**
 * Whole runs from seeds: a fixed set, those that once found something, and new ones each time, whose numbers are
 * printed; and that a seed means exactly one run. `npm run simulate` does many more.
 */
import { describe, expect, it } from 'vitest'
import { planRun } from './plan.ts'
import { runPlan } from './run-plan.ts'

/** Seeds per test, so that a failure names a short list. */
const BLOCK = 20
const BLOCKS = 6

/**
 * Seeds that found something: an EXEC that was refused in MULTI; two leaders after RESET on both; a leader whose disk
 * refused its vote, and who forgot it in a crash; an operator who monitored the old master again after REMOVE on all; a
 * sentinel that was cut off for 30 s and takes what it saw before for the time between; a leader whose disk refused the
 * promotion, and who forgot it in a crash; a replica that was found down in the step that chose it, after the choice;
 * orders on both sides of a partition, of which the earlier one had the higher epoch; a node that is loading and says
 * that it is a master; a leader elected alone after RESET, who finds a peer before the election is on its disk; an
 * operator who removed the master from the only sentinel that knew of its promotion, before or after its own switch.
 */
const REMEMBERED = [
  103_678, 111_185, 300_055, 316_428, 316_975, 800_992, 4_000_671, 4_100_027, 4_100_154, 2_900_014, 2_010_687,
  3_000_135, 3_001_686, 3_010_670, 4_000_997, 4_010_580, 6_004_149, 6_010_405, 6_011_454, 6_013_424,
  6_014_405, 6_016_822, 10_008_877,
]

/** New seeds stop after this long, so that everything here stays within four minutes on a slow machine, too. */
const NEW_SEEDS_MS = 60_000
const NEW_SEEDS_MAX = 100
/** Far from every fixed seed; another number each second. `SIMULATION_FROM` repeats a run. */
const NEW_FROM = Number(process.env['SIMULATION_FROM'] ?? 1_000_000 + Math.floor(Date.now() / 1000) % 1_000_000_000)

describe('seeds', () => {
  for (let block = 0; block < BLOCKS; block += 1) {
    const from = 1 + block * BLOCK
    it(`${from} to ${from + BLOCK - 1} hold every invariant and come to rest`, async () => {
      for (let seed = from; seed < from + BLOCK; seed += 1) {
        const result = await runPlan(planRun(seed))
        expect(result.violations, `repeat with --seed ${seed} --trace`).toEqual([])
      }
    })
  }

  it.each(REMEMBERED)('hold every invariant: %i, which once found a fault', async (seed) => {
    expect((await runPlan(planRun(seed, { hasProtection: false }))).violations).toEqual([])
  })

  it(`from ${NEW_FROM} on, other ones in each run, hold every invariant`, async () => {
    const until = performance.now() + NEW_SEEDS_MS
    let seed = NEW_FROM
    for (; seed < NEW_FROM + NEW_SEEDS_MAX && performance.now() < until; seed += 1) {
      const result = await runPlan(planRun(seed))
      expect(result.violations, `repeat with: npm run simulate -- --seed ${seed} --trace`).toEqual([])
    }
    console.log(`new seeds ${NEW_FROM} to ${seed - 1} hold`)
    expect(seed).toBeGreaterThan(NEW_FROM)
  })

  it('give the same run twice, to the last byte', async () => {
    for (const seed of [3, 19, 64]) {
      const [one, other] = [await runPlan(planRun(seed)), await runPlan(planRun(seed))]
      expect(other.digest).toBe(one.digest)
      expect(other.trace()).toBe(one.trace())
    }
  })

  it('give different runs', async () => {
    const digests = new Set<string>()
    for (const seed of [1, 2, 3, 4, 5]) digests.add((await runPlan(planRun(seed))).digest)
    expect(digests.size).toBe(5)
  })

  it('do not change when one fault is taken away before it happens', async () => {
    const plan = planRun(7)
    const last = plan.faults.at(-1)
    const shorter = { ...plan, faults: plan.faults.slice(0, -1) }
    const [one, other] = [await runPlan(plan), await runPlan(shorter)]
    const before = (trace: string) => trace.split('\n').filter((line) => Number(line.slice(0, 12)) * 1000 < (last?.atMs ?? 0))
    expect(before(other.trace())).toEqual(before(one.trace()))
  })
})
