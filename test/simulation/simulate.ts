/**
 * Runs seeds: `--seeds 1000 --from 1` for many, `--seed 42 --trace` for the story of one (`--trace full` shows also
 * what sentinels send). `--protection all` turns all rules of ts-sentinel.ini on, the name of one turns on that alone
 * (see `PROTECTIONS`). A failing seed is made smaller and told. Exit status 1 when a seed failed.
 */
import { parseArgs } from 'node:util'
import { describeFault } from '../simulator/index.ts'
import { PROTECTIONS } from './plan-protection.ts'
import { planRun, type Plan } from './plan.ts'
import { runPlan, type RunResult } from './run-plan.ts'
import { shrink } from './shrink.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    protection: { type: 'string', default: 'some' },
  },
})

const protection = PROTECTIONS.find((known) => known === values.protection)
if (protection === undefined) {
  console.error(`--protection takes one of ${PROTECTIONS.join(', ')}, not ${values.protection}`)
  process.exit(2)
}
const planOf = (seed: number) => planRun(seed, { protection })

const status = values.seed === undefined
  ? await runMany(number(values.from, '--from'), number(values.seeds, '--seeds'))
  : await runOne(number(values.seed, '--seed'))
process.exitCode = status

async function runOne(seed: number): Promise<number> {
  const plan = planOf(seed)
  const result = await runPlan(plan, { isDetailed: values.full })
  describePlan(plan)
  if (values.trace || values.full) process.stdout.write(result.trace())
  console.log(summary(result))
  for (const violation of result.violations) tellViolation(violation)
  return result.violations.length === 0 ? 0 : 1
}

async function runMany(from: number, count: number): Promise<number> {
  const started = process.cpuUsage()
  const total = { simulatedMs: 0, failovers: 0, acknowledged: 0, lost: 0, slowestHealMs: 0, slowestSeed: from }
  const failed: number[] = []
  for (let seed = from; seed < from + count; seed += 1) {
    const result = await runPlan(planOf(seed))
    total.simulatedMs += result.simulatedMs
    total.failovers += result.failovers
    total.acknowledged += result.acknowledgedWrites
    total.lost += result.lostWrites
    if ((result.healedInMs ?? 0) > total.slowestHealMs) {
      total.slowestHealMs = result.healedInMs ?? 0
      total.slowestSeed = seed
    }
    if (result.violations.length > 0) {
      failed.push(seed)
      console.log(`seed ${seed} failed: ${summary(result)}`)
      for (const violation of result.violations.slice(0, 3)) tellViolation(violation)
      if (!values.all) {
        await tellShrunk(seed, result)
        break
      }
    }
    const done = seed - from + 1
    if (done % 50 === 0 || done === count) {
      const { user, system } = process.cpuUsage(started)
      const seconds = (user + system) / 1_000_000
      console.log(`${done}/${count} seeds, ${total.failovers} failovers, ${total.acknowledged} writes (${total.lost} lost by deposed masters), `
        + `slowest return to rest ${(total.slowestHealMs / 1000).toFixed(1)} s (seed ${total.slowestSeed}), ${Math.round(total.simulatedMs / 1000 / seconds)} simulated s per s of CPU`)
    }
  }
  if (failed.length > 0) console.log(`failed: ${failed.join(' ')}; repeat with --seed ${failed[0]} --protection ${protection} --trace`)
  else console.log(`all ${count} seeds from ${from} on hold`)
  return failed.length === 0 ? 0 : 1
}

async function tellShrunk(seed: number, result: RunResult): Promise<void> {
  const [violation] = result.violations
  if (violation === undefined) return
  const small = await shrink(planOf(seed), violation.invariant)
  console.log(`smallest run that still breaks "${violation.invariant}" (${small.runs} runs):`)
  describePlan(small.plan)
  if (values.trace) process.stdout.write(small.result.trace())
  for (const found of small.result.violations.slice(0, 3)) tellViolation(found)
}

function describePlan({ seed, cluster, chaosMs, faults }: Plan): void {
  const groups = (cluster.groups ?? []).map((group) => JSON.stringify(group)).join(' ')
  console.log(`seed ${seed}: ${cluster.sentinels} sentinels, delay ${cluster.delay?.min}+${cluster.delay?.jitter} us, `
    + `disk ${cluster.disk?.writeMin}+${cluster.disk?.writeJitter} us, ${chaosMs} ms of chaos`)
  console.log(`  ${groups}`)
  for (const { atMs, fault } of faults) console.log(`  ${String(atMs).padStart(7)} ms ${describeFault(fault)}`)
}

function summary(result: RunResult): string {
  const { simulatedMs, failovers, healedInMs, acknowledgedWrites, lostWrites, digest } = result
  return `${(simulatedMs / 1000).toFixed(1)} s, ${failovers} failovers, at rest after ${healedInMs ?? 'never'} ms, `
    + `${acknowledgedWrites} writes (${lostWrites} lost), digest ${digest}`
}

function tellViolation({ atMs, invariant, text }: RunResult['violations'][number]): void {
  console.log(`  VIOLATION at ${atMs} ms of "${invariant}": ${text}`)
}

function number(text: string, option: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) {
    console.error(`${option} takes a whole number, not ${text}`)
    process.exit(2)
  }
  return value
}
