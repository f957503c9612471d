/** What a forged hello or request for a vote cannot do: end all elections, or give a sentinel a second voice. */
import { describe, expect, it } from 'vitest'
import { isPlausible } from '../../src/core/plausible-epoch.ts'
import { ownEpoch } from '../../src/core/election/own-epoch.ts'
import { Random } from '../../src/core/random.ts'
import { playOn, scenario, type Stage } from './support/stage.ts'

const STRANGER = 'f'.repeat(40)
const LAST = 2n ** 63n - 1n

function hello(epoch: bigint, configEpoch: bigint, from = '10.0.0.77,26379'): { kind: 'hello', payload: string } {
  return { kind: 'hello', payload: `${from},${STRANGER},${epoch},mymaster,10.0.1.1,6379,${configEpoch}` }
}

function request(epoch: bigint) {
  return { kind: 'is-master-down', host: '10.0.1.1', port: 6379, epoch, candidate: STRANGER } as const
}

function ofS1(stage: Stage) {
  const s1 = stage.cluster.sentinel('s1')
  const master = s1.view?.master('mymaster', s1.now())
  return { epoch: s1.view?.currentEpoch, configEpoch: master?.configEpoch, peers: master?.otherSentinelCount }
}

describe('an epoch near the largest number', () => {
  it.each([
    ['a hello', hello(LAST, 0n)], ['a hello with a config-epoch above its epoch', hello(5n, LAST)],
    ['both epochs of a hello', hello(LAST, LAST)], ['a request for a vote', request(LAST)],
  ] as const)('changes nothing when it is received by %s, and the fleet still fails over', async (_title, operation) => {
    await playOn({ seed: 81 }, async (stage) => {
      for (const { name } of stage.cluster.sentinels) await stage.cluster.operate(name, operation)
      expect(ofS1(stage)).toEqual({ epoch: 0n, configEpoch: 0n, peers: 2 })
      stage.cluster.node('m').kill()
      await stage.hears('+failover-end', 10_000)
      stage.cluster.node('m').start()
      await stage.rests(60_000)
      expect(ofS1(stage).epoch).toBe(1n)
    })
  })

  scenario('gets no vote in a reply', { seed: 82 }, async (stage) => {
    expect(await stage.cluster.operate('s1', request(LAST))).toMatchObject({ leader: undefined, epoch: 0n })
  })

  scenario('is not reached by the highest epoch that is accepted', { seed: 83 }, async (stage) => {
    for (const { name } of stage.cluster.sentinels) await stage.cluster.operate(name, request(2n ** 62n))
    await stage.run(21_000)
    stage.cluster.node('m').kill()
    await stage.hears('+failover-end', 60_000)
    stage.cluster.node('m').start()
    await stage.rests(60_000)
    expect(ofS1(stage).epoch).toBeGreaterThan(2n ** 62n)
  })
})

describe('an epoch that another sentinel sends', () => {
  it.each([
    [2n ** 53n, 0n, true], [2n ** 62n, 0n, true], [2n ** 62n + 1n, 0n, false], [2n ** 62n + 1n, 2n ** 62n, true],
    [2n ** 62n + 2n ** 28n, 2n ** 62n, true], [2n ** 62n + 2n ** 28n + 1n, 2n ** 62n, false],
    [LAST, LAST - 1n, true], [LAST + 1n, LAST, false],
  ])('is accepted when it is %i and the own one is %i: %s', (epoch, current, isBelieved) => {
    expect(isPlausible(epoch, current)).toBe(isBelieved)
  })
})

describe('an epoch that belongs to one sentinel', () => {
  it('is above the current one and differs between sentinels', () => {
    const epochs = ['a', 'b', 'c', 'd'].map((letter) => ownEpoch(7n, letter.repeat(40), new Random(1)))
    expect(new Set(epochs).size).toBe(4)
    for (const epoch of epochs) expect(epoch > 7n && epoch < 2n ** 25n).toBe(true)
  })

  it('is the next one where no larger epoch is possible', () => {
    expect(ownEpoch(LAST - 1n, STRANGER, new Random(1))).toBe(LAST)
  })
})

describe('a hello message with another id from our own address', () => {
  scenario('adds no sentinel', { seed: 84 }, async (stage) => {
    await stage.cluster.operate('s1', hello(0n, 0n, '10.0.0.1,26379'))
    await stage.run(3000)
    expect(ofS1(stage).peers).toBe(2)
  })

  scenario('is accepted from another port of our machine', { seed: 85 }, async (stage) => {
    await stage.cluster.operate('s1', hello(0n, 0n, '10.0.0.1,26380'))
    expect(ofS1(stage).peers).toBe(3)
    for (const name of ['s1']) await stage.cluster.operate(name, { kind: 'reset', pattern: '*' })
    await stage.rests(30_000)
  })
})
