/** Chaos on real processes: seeded faults, then healing; what must never happen is looked for all the time. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf, startDeployment, type Deployment, type SentinelKind } from '../../src/harness/index.ts'
import { readOptions, wholeNumber } from '../bench/figures.ts'
import { median } from '../bench/table.ts'
import { BOUND_MS, FleetRun, type RoundResult } from './fleet-run.ts'

const USAGE = `Kills, pauses, partitions and delays real redis-servers and sentinels by a seeded plan, heals everything,
and waits until all agree. Ends with status 1 when anything happened that must not.

Options:
  --minutes <n>     how long (default 5)
  --seed <n>        fixes the plan of every round (default 1)
  --fleet <kind>    ours, mixed or genuine (default ours)
  --sentinels <n>   default 3
  --replicas <n>    default 2
  --from <n>        number of the first round (default 1)
  --rounds <n>      most rounds (default: as many as the time allows)
  --keep <folder>   where files and story of rounds with a violation go
  --out <file>      where the results go as JSON`

/** A fresh fleet after so many rounds; mixed fleets change their majority. */
const ROUNDS_OF_A_FLEET = 10

type FleetKind = 'ours' | 'mixed' | 'genuine'

const options = readOptions(USAGE, {
  minutes: '5', seed: '1', fleet: 'ours', sentinels: '3', replicas: '2', from: '1', rounds: '1000000',
  keep: join(tmpdir(), `ts-sentinel-chaos-${process.pid}`),
})
const kind = fleetKind(options.fleet)
const seed = wholeNumber('seed', options.seed)
const from = wholeNumber('from', options.from)
const to = from + wholeNumber('rounds', options.rounds)
const results: RoundResult[] = []

const end = performance.now() + wholeNumber('minutes', options.minutes) * 60_000
for (let round = from; round < to && performance.now() < end;) round = await runFleet(round)
tell()
// Everything is stopped and told: a connection that a paused process left half open must not keep us.
process.exit()

/** @returns the number of the next round */
async function runFleet(first: number): Promise<number> {
  const deployment = await startDeployment({
    folderPrefix: `chaos-${kind}`,
    network: 'relayed',
    sentinels: sentinelsOf(first),
    replicas: wholeNumber('replicas', options.replicas),
    // Genuine sentinels often start a second failover when this is about a second or less.
    downAfterMs: 2000,
    failoverTimeoutMs: 10_000,
    // Data survives SIGKILL, so that a lost write has one excuse only. What a partition holds up is soon given up.
    redisConfig: ['appendonly yes', 'appendfsync no', 'repl-timeout 6', 'repl-ping-replica-period 1'],
  })
  let round = first
  try {
    const run = new FleetRun(deployment)
    while (round < to && performance.now() < end && round < first + ROUNDS_OF_A_FLEET) {
      const { position } = deployment.timeline
      const result = await run.round(seed, round)
      results.push(result)
      report(result)
      round += 1
      if (result.violations.length > 0) keep(deployment, run, result, position)
      // A fleet that does not find back to calm spoils every round that follows.
      if (result.convergedMs === undefined) break
    }
  } catch (error) {
    console.log(`seed ${seed}, round ${round}: ${messageOf(error)}\n${deployment.timeline.tail(60)}`)
    process.exitCode = 1
    round += 1
  } finally {
    await deployment.stop()
  }
  return round
}

/** Mixed fleets in turns: ours, genuine, ours; genuine, ours, genuine. */
function sentinelsOf(round: number): SentinelKind[] {
  const turn = Math.floor((round - 1) / ROUNDS_OF_A_FLEET)
  return Array.from({ length: wholeNumber('sentinels', options.sentinels) }, (_, at) => {
    if (kind !== 'mixed') return kind
    return (at + turn) % 2 === 0 ? 'ours' : 'genuine'
  })
}

function report({ round, faults, convergedMs, switches, acknowledged, lost, violations, remarks }: RoundResult): void {
  const agreed = convergedMs === undefined ? 'no agreement' : `calm ${(convergedMs / 1000).toFixed(1)} s after the healing`
  console.log(`round ${round}: ${faults.length} faults, ${agreed}, ${switches} switches, ${lost} of ${acknowledged} writes lost`)
  for (const text of remarks) console.log(`  remark: ${text}`)
  if (violations.length === 0) return
  console.log(`VIOLATION, seed ${seed}, round ${round}:`)
  for (const text of [...violations, ...faults]) console.log(`  ${text}`)
}

function keep(deployment: Deployment, run: FleetRun, { round }: RoundResult, position: number): void {
  const folder = join(options.keep, `seed-${seed}-round-${round}`)
  mkdirSync(folder, { recursive: true })
  run.keep(folder)
  const story = deployment.timeline.render(deployment.timeline.all({ after: position }))
  writeFileSync(join(folder, 'story.txt'), `${story}\n`)
  console.log(`  files and story: ${folder}`)
}

function tell(): void {
  const times = results.flatMap(({ convergedMs }) => convergedMs === undefined ? [] : [convergedMs / 1000])
  const violations = results.reduce((sum, one) => sum + one.violations.length, 0)
  const sum = (key: 'switches' | 'acknowledged' | 'lost'): number => results.reduce((total, one) => total + one[key], 0)
  console.log(`\n${kind}, seed ${seed}: ${results.length} rounds, calm after the healing: median ${median(times).toFixed(1)} s, `
    + `maximum ${Math.max(...times).toFixed(1)} s (bound ${BOUND_MS / 1000} s); ${sum('switches')} switches, `
    + `${sum('lost')} of ${sum('acknowledged')} acknowledged writes lost by deposed masters; ${violations} violations`)
  if (options.out !== undefined) {
    writeFileSync(options.out, JSON.stringify({ what: 'chaos', node: process.version, options, results }, null, 2))
  }
  if (violations > 0 || results.length === 0) process.exitCode = 1
}

function fleetKind(text: string): FleetKind {
  if (text !== 'ours' && text !== 'mixed' && text !== 'genuine') throw new Error(`--fleet is ours, mixed or genuine, not ${text}`)
  return text
}
