/** Witnesses: replicas that still receive data keep a silent master from being taken for down. */
import { describe, expect, it } from 'vitest'
import { Writer, type ClusterOptions } from '../simulator/index.ts'
import { playOn, scenario, type Stage } from './support/stage.ts'

const ON: ClusterOptions = { protection: { witnesses: true }, groups: [{ downAfterMs: 2000 }] }
const FIVE_TIMES = 10_000
/** A connection that was begun while the network was cut is given up only after 15 s. */
const PATIENT: ClusterOptions = { ...ON, protection: { witnesses: true, witnessMaxMs: 60_000 } }

function write(stage: Stage): Writer {
  return new Writer(stage.cluster, { name: 'w', ip: '10.0.9.1', group: 'mymaster', everyMs: 100, firstId: 1 })
}

/** These sentinels do not reach this node any more. */
function blind(stage: Stage, sentinels: readonly string[], node: string, ms = 600_000): void {
  stage.do({ kind: 'operators', orders: [], blind: sentinels.map((sentinel) => ({ sentinel, node })), ms })
}

const ALL = ['s1', 's2', 's3']

describe('sentinels that are cut off from a healthy master', () => {
  scenario('do not replace it within witness-max, and do so after that', { ...ON, seed: 1 }, async (stage) => {
    write(stage)
    await stage.run(1000)
    stage.mark()
    const cutAt = stage.cluster.nowMs
    blind(stage, ALL, 'm')
    await stage.run(2000 + FIVE_TIMES - 1500)
    expect(stage.names()).toEqual(['+witnessed', '+witnessed', '+witnessed'])
    expect(stage.log('s1')).toEqual(['+witnessed master mymaster 10.0.1.1 6379 #replicas 2/2'])
    await stage.hears('+switch-master', 5000)
    expect(stage.log('s1').slice(1, 3)).toEqual([
      '-witnessed master mymaster 10.0.1.1 6379 #witness-max has passed', '+sdown master mymaster 10.0.1.1 6379',
    ])
    expect(stage.at('+sdown') - cutAt).toBeGreaterThan(2000 + FIVE_TIMES - 1000)
    expect(stage.at('+sdown') - cutAt).toBeLessThan(2000 + FIVE_TIMES + 100)
  })

  scenario('go on where an operator makes down-after longer meanwhile', { ...ON, seed: 8 }, async (stage) => {
    write(stage)
    blind(stage, ALL, 'm')
    await stage.hears('+witnessed', 5000)
    const change = { option: 'down-after-milliseconds', kind: 'time', setting: 'downAfterMs', value: 4000 } as const
    for (const sentinel of ALL) await stage.cluster.operate(sentinel, { kind: 'set', name: 'mymaster', changes: [change] })
    await stage.run(3000)
    expect(stage.count('+sdown')).toBe(0)
    await stage.hears('+switch-master', 60_000)
  })

  scenario('take it for healthy again when they reach it', { ...PATIENT, seed: 2 }, async (stage) => {
    write(stage)
    blind(stage, ALL, 'm', 8000)
    await stage.hears('+witnessed', 5000)
    await stage.rests(20_000)
    expect(new Set(stage.names())).toEqual(new Set(['+witnessed', '-witnessed']))
    expect(stage.log('s2').at(-1)).toBe('-witnessed master mymaster 10.0.1.1 6379 #the master answers again')
  })

  scenario('replace it as the original does where the setting is off', { groups: [{ downAfterMs: 2000 }], seed: 1 }, async (stage) => {
    write(stage)
    blind(stage, ALL, 'm')
    await stage.hears('+switch-master', 4000)
    expect(stage.names()).not.toContain('+witnessed')
  })

  scenario('replace it at once where they reach no replica either', { ...ON, seed: 3 }, async (stage) => {
    write(stage)
    const cutAt = stage.cluster.nowMs
    for (const node of ['m', 'r1', 'r2']) blind(stage, ALL, node)
    await stage.hears('+sdown', 4000)
    expect(stage.at('+sdown') - cutAt).toBeLessThan(2100)
    expect(stage.names()).not.toContain('+witnessed')
  })

  scenario('are kept from SDOWN by the one replica that they reach', { ...ON, seed: 4 }, async (stage) => {
    write(stage)
    for (const node of ['m', 'r1']) blind(stage, ALL, node)
    await stage.run(9000)
    expect(stage.log('s1')).toContain('+witnessed master mymaster 10.0.1.1 6379 #replicas 1/1')
    expect(stage.names().filter((name) => name === '+odown')).toEqual([])
  })

  scenario('find it down where one of its two replicas has lost it', { ...ON, seed: 5 }, async (stage) => {
    write(stage)
    stage.do({ kind: 'operators', orders: [], blind: [{ sentinel: 'r1', node: 'm' }], ms: 600_000 })
    blind(stage, ALL, 'm')
    await stage.hears('+odown', 4000)
    expect(stage.names()).not.toContain('+witnessed')
  })

  scenario('answer their peers that it is not down', { ...ON, seed: 6 }, async (stage) => {
    write(stage)
    blind(stage, ALL, 'm')
    await stage.hears('+witnessed', 4000, 's1')
    const answer = await stage.cluster.operate('s1', {
      kind: 'is-master-down', host: '10.0.1.1', port: 6379, epoch: 0n, candidate: '*',
    })
    expect(answer).toMatchObject({ down: false })
  })

  scenario('do what an operator orders', { ...ON, seed: 7 }, async (stage) => {
    write(stage)
    blind(stage, ALL, 'm')
    await stage.hears('+witnessed', 4000, 's1')
    expect(await stage.cluster.operate('s1', { kind: 'failover', name: 'mymaster' })).toEqual({ kind: 'ok' })
    await stage.hears('+switch-master', 2000)
  })

  scenario('explain it', { ...ON, seed: 8 }, async (stage) => {
    write(stage)
    blind(stage, ALL, 'm')
    await stage.hears('+witnessed', 4000, 's1')
    const s1 = stage.cluster.sentinel('s1')
    expect(s1.view?.explain('mymaster', s1.now())).toMatchObject({
      sdown: false, failover: 'no', reasons: [{ kind: 'witnessed', alive: 2, reachable: 2, leftMs: FIVE_TIMES }],
    })
    expect(s1.view?.master('mymaster', s1.now())).toMatchObject({ flags: ['master', 'witnessed'], witnessed: { alive: 2, reachable: 2 } })
  })
})

describe('in a fleet in which only some sentinels have witnesses on, those that are cut off', () => {
  const mixed = (first: number): ClusterOptions => (
    { groups: [{ downAfterMs: 2000 }], protection: (index) => ({ witnesses: index < first }), seed: 9 })

  scenario('replace the master if two of three have them off', mixed(1), async (stage) => {
    write(stage)
    blind(stage, ALL, 'm')
    await stage.hears('+switch-master', 4000)
    expect(stage.count('+witnessed')).toBe(1)
  })

  scenario('leave it alone if two of three have them on', mixed(2), async (stage) => {
    write(stage)
    blind(stage, ALL, 'm')
    await stage.run(2000 + FIVE_TIMES - 1500)
    expect(stage.names().toSorted()).toEqual(['+sdown', '+witnessed', '+witnessed'])
  })
})

describe('one sentinel that is cut off from a healthy master', () => {
  scenario('has no opinion of its own, and nothing happens', { ...PATIENT, seed: 10 }, async (stage) => {
    write(stage)
    blind(stage, ['s1'], 'm', 8000)
    await stage.hears('+witnessed', 5000)
    await stage.rests(20_000)
    expect(new Set(stage.lines().filter(({ event }) => event !== undefined).map(({ who }) => who))).toEqual(new Set(['s1']))
    expect(stage.count('+sdown')).toBe(0)
  })
})

type Death = (stage: Stage) => void

const DEATHS: Readonly<Record<string, Death>> = {
  'whose process is killed': ({ cluster }) => { cluster.node('m').kill() },
  'whose machine vanishes': ({ cluster }) => { cluster.node('m').powerOff() },
  'that is stopped (SIGSTOP)': ({ cluster }) => { cluster.node('m').pause() },
}

/** From its death to SDOWN and to the switch, in milliseconds. */
async function timesOf(
  options: ClusterOptions, isIdle: boolean, death: Death,
): Promise<readonly [sdown: number, switched: number]> {
  const times: number[] = []
  await playOn(options, async (stage) => {
    if (!isIdle) write(stage)
    await stage.run(1000 + (options.seed ?? 0) * 130)
    const diedAt = stage.cluster.nowMs
    death(stage)
    await stage.hears('+switch-master', 10_000)
    times.push(stage.at('+sdown') - diedAt, stage.at('+switch-master') - diedAt)
    expect(stage.names()).not.toContain('+witnessed')
  })
  return [times[0] ?? 0, times[1] ?? 0]
}

describe('with witnesses, a master', () => {
  const cases = Object.keys(DEATHS).flatMap((how) => [500, 2000, 5000].flatMap((downAfterMs) => [
    { how, downAfterMs, isIdle: false }, { how, downAfterMs, isIdle: true },
  ]))
  it.each(cases)('$how is found down as early as without them (down-after $downAfterMs, idle: $isIdle)', async ({ how, downAfterMs, isIdle }) => {
    const death = DEATHS[how] ?? (() => undefined)
    for (let seed = 1; seed <= 4; seed += 1) {
      const options = { groups: [{ downAfterMs }], seed }
      const [sdown, switched] = await timesOf({ ...options, protection: { witnesses: true } }, isIdle, death)
      const [sdownBefore, switchedBefore] = await timesOf(options, isIdle, death)
      expect(sdown - sdownBefore).toBeLessThan(5)
      expect(switched - switchedBefore).toBeLessThan(60)
    }
  })

  scenario('whose machine vanishes while it is witnessed is found down within down-after', { ...ON, seed: 14 }, async (stage) => {
    write(stage)
    blind(stage, ALL, 'm')
    await stage.hears('+witnessed', 5000)
    await stage.run(3000)
    const diedAt = stage.cluster.nowMs
    stage.cluster.node('m').powerOff()
    await stage.hears('+sdown', 5000)
    expect(stage.at('+sdown') - diedAt).toBeLessThan(2050)
    expect(stage.log()).toContain('-witnessed master mymaster 10.0.1.1 6379 #no majority of its replicas receives data')
  })

  scenario('whose process is killed while it is witnessed is found down with the next INFO', { ...ON, seed: 15 }, async (stage) => {
    write(stage)
    blind(stage, ALL, 'm')
    await stage.hears('+witnessed', 5000)
    await stage.run(3000)
    const killedAt = stage.cluster.nowMs
    stage.cluster.node('m').kill()
    await stage.hears('+switch-master', 5000)
    expect(stage.at('+sdown') - killedAt).toBeLessThan(300)
  })
})

describe('a master without writes', () => {
  const idle = (downAfterMs: number, seed: number): ClusterOptions => (
    { protection: { witnesses: true }, groups: [{ downAfterMs }], seed })

  scenario('is witnessed by its ping to the replicas where down-after is longer than 12 s', idle(13_000, 20), async (stage) => {
    blind(stage, ALL, 'm')
    await stage.run(13_000 + 5 * 13_000 - 2000)
    expect(new Set(stage.names())).toEqual(new Set(['+witnessed']))
  })

  scenario('is replaced where down-after is shorter than the 10 s between two pings', idle(4000, 21), async (stage) => {
    blind(stage, ALL, 'm')
    await stage.hears('+switch-master', 12_000)
  })
})

describe('a master that answers its clients and not its sentinels in time', () => {
  scenario('is not replaced while its replicas receive data', { ...ON, seed: 22 }, async (stage) => {
    write(stage)
    stage.do({ kind: 'odd-pings', node: 'm', error: 'ERR unknown command', ms: 8000 })
    await stage.run(7000)
    expect(new Set(stage.names())).toEqual(new Set(['+witnessed']))
    await stage.rests(10_000)
    expect(new Set(stage.names())).toEqual(new Set(['+witnessed', '-witnessed']))
  })
})
