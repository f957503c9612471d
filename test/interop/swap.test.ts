import { describe, expect, it } from 'vitest'

import {
  eventually, formatAddress, killMaster, withDeployment,
  type Deployment, type SentinelKind, type SentinelProcess,
} from '../../src/harness/index.ts'
import { askForVote } from '../integration/scenarios/vote.ts'
import { report } from '../integration/support/figures.ts'
import { kindUnderTest, limitFor, rounds } from '../integration/support/settings.ts'

const WAYS: readonly { readonly title: string, readonly from: SentinelKind, readonly to: SentinelKind }[] = [
  { title: 'from genuine to ours', from: 'genuine', to: kindUnderTest() },
  { title: 'from ours to genuine', from: kindUnderTest(), to: 'genuine' },
]

// config.md 7: either program goes on where the other one stopped, on the same file.
describe('the swap of a sentinel', () => {
  const count = rounds(1)

  for (const { title, from, to } of WAYS) {
    it(`keeps the state of a file that the other program wrote, before and after a failover: ${title}`, async () => {
      for (let round = 1; round <= count; round++) {
        await withDeployment({ sentinels: [from, from, from], downAfterMs: 1_500 }, async (deployment) => {
          await swapAndCompare(deployment, deployment.sentinel(0), to)
          const fault = await killMaster(deployment)
          await deployment.waitUntilSettled({ awayFrom: fault.node.address })
          await fault.node.start()
          const { configEpoch } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
          // One has changed already: swap it back, and the others for the first time.
          await swapAndCompare(deployment, deployment.sentinel(0), from)
          await swapAndCompare(deployment, deployment.sentinel(1), to)
          await swapAndCompare(deployment, deployment.sentinel(2), to)
          const after = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
          expect(after.configEpoch).toBe(configEpoch)
          report({ scenario: title, round, values: { configEpoch } })
        })
      }
    }, limitFor(count, 90_000))
  }
})

/** Exchanges the program and checks that identity, view, epochs and votes are what they were. */
async function swapAndCompare(deployment: Deployment, sentinel: SentinelProcess, to: SentinelKind): Promise<void> {
  const { name } = deployment.group
  const before = await viewOf(sentinel, name)
  const { position } = deployment.timeline
  await sentinel.swap(deployment.program(to))
  expect(await viewOf(sentinel, name), `${sentinel.name} after the swap to ${to}`).toEqual(before)
  await eventually('a whole view after the swap', () => deployment.waitUntilFormed(1_000))
  const news = deployment.timeline.all({ source: sentinel.name, event: /^\+(slave|sentinel|switch-master)$/, after: position })
  expect(news, 'a restart brings no news').toEqual([])
  if (before.leaderEpoch > 0) {
    const stranger = 'f'.repeat(40)
    const vote = await askForVote(sentinel, before.address, before.leaderEpoch, stranger)
    expect(vote.leader, 'no second vote in an epoch that was voted in before').not.toBe(stranger)
  }
}

interface View {
  readonly myId: string
  readonly address: { readonly host: string, readonly port: number }
  readonly leaderEpoch: number
  readonly [detail: string]: unknown
}

async function viewOf(sentinel: SentinelProcess, masterName: string): Promise<View> {
  const address = await sentinel.masterAddress(masterName)
  if (address === undefined) throw new Error(`${sentinel.name} does not know ${masterName}`)
  const master = await sentinel.master(masterName)
  const facts = sentinel.fileFacts(masterName)
  return {
    ...facts,
    myId: await sentinel.myId(),
    address,
    fileAgrees: formatAddress(facts.master ?? address) === formatAddress(address),
    replicas: (await sentinel.replicas(masterName)).map((replica) => replica['name']).sort(),
    sentinels: (await sentinel.sentinels(masterName)).map((other) => other['name']).sort(),
    settings: [master['quorum'], master['down-after-milliseconds'], master['failover-timeout'], master['parallel-syncs']],
    configEpochShown: master['config-epoch'],
  }
}
