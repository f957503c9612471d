import { describe, expect, it } from 'vitest'

import {
  CommandConnection, eventually, messageOf, notYet, withDeployment, type Deployment, type SentinelKind,
} from '../../src/harness/index.ts'
import { failoverRound } from './scenarios/failover-round.ts'
import { report } from './support/figures.ts'
import { kindUnderTest, limitFor, rounds } from './support/settings.ts'

const own = kindUnderTest()
const FLEETS: readonly (readonly [string, readonly SentinelKind[]])[] = [
  ['alone', [own, own, own]],
  ['with one genuine', [own, own, 'genuine']],
  ['with two genuine', [own, 'genuine', 'genuine']],
]

// behaviour.md 3.3 and the cases of 17: new credentials are for the next connection, and SET makes one at once.
describe('passwords changed at run time', () => {
  const count = rounds(1)

  it.each(FLEETS)('a failover after new passwords on nodes and sentinels succeeds: %s', async (title, sentinels) => {
    // The original writes words raw into its file and cannot start with a blank or a quote in them.
    const extra = sentinels.includes('genuine') ? '' : ' "and\' '
    const secret = (whose: string, at: number): string => `${whose}-${extra}${at}`
    const first = { password: secret('data', 0), sentinelPassword: secret('sentinel', 0) }
    await withDeployment({ ...first, sentinels, downAfterMs: 2_000 }, async (deployment) => {
      for (let round = 1; round <= count; round++) {
        const { position } = deployment.timeline
        await changeNodes(deployment, secret('data', round))
        await changeSentinels(deployment, secret('sentinel', round))
        await dropAllConnections(deployment)
        await deployment.waitUntilFormed()
        expect(deployment.timeline.all({ event: '+odown', after: position }), 'nobody was taken for dead').toEqual([])
        await expectRefused(deployment, { data: secret('data', round - 1), sentinel: secret('sentinel', round - 1) })
        const { firstSwitchMs, rejoinedMs } = await failoverRound(deployment, 'kill')
        // What a restart reads from the file is what was set at run time.
        await deployment.sentinel(round % sentinels.length).restart()
        await deployment.waitUntilFormed()
        report({ scenario: `new passwords ${title}`, round, values: { firstSwitchMs, rejoinedMs } })
      }
    })
  }, limitFor(count, 90_000))
})

/** First what they say to each other, then what they ask for: nobody is locked out in between. */
async function changeNodes(deployment: Deployment, password: string): Promise<void> {
  for (const node of deployment.nodes) await node.call(['CONFIG', 'SET', 'masterauth', password])
  for (const node of deployment.nodes) {
    await node.call(['CONFIG', 'SET', 'requirepass', password])
    await node.call(['CONFIG', 'REWRITE'])
    node.useLogin({ password })
  }
  for (const sentinel of deployment.sentinels) {
    expect(await sentinel.call(['SENTINEL', 'SET', deployment.group.name, 'auth-pass', password])).toBe('OK')
  }
}

/** In sentinel mode there is no CONFIG SET requirepass: the default user gets the password, and CONFIG SET saves it. */
async function changeSentinels(deployment: Deployment, password: string): Promise<void> {
  for (const sentinel of deployment.sentinels) {
    expect(await sentinel.call(['ACL', 'SETUSER', 'default', 'resetpass', `>${password}`])).toBe('OK')
    sentinel.useLogin({ password })
    expect(await sentinel.call(['SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', password])).toBe('OK')
  }
}

/** A link that is up keeps its login: only new ones show that the new passwords are right everywhere. */
async function dropAllConnections(deployment: Deployment): Promise<void> {
  for (const node of deployment.nodes) {
    for (const type of ['normal', 'pubsub', 'replica', 'master']) await node.call(['CLIENT', 'KILL', 'TYPE', type])
  }
  for (const sentinel of deployment.sentinels) await sentinel.call(['CLIENT', 'KILL', 'TYPE', 'normal'])
  await eventually('the replicas to be linked again', async () => {
    for (const node of deployment.nodes) {
      const { role, linkUp } = await node.replication()
      if (role === 'slave' && !linkUp) throw notYet(node.name)
    }
  }, { timeoutMs: 30_000 })
}

async function expectRefused(
  deployment: Deployment, old: { readonly data: string, readonly sentinel: string },
): Promise<void> {
  const everybody = [
    ...deployment.nodes.map(({ address }) => ({ address, password: old.data })),
    ...deployment.sentinels.map(({ address }) => ({ address, password: old.sentinel })),
  ]
  for (const { address, password } of everybody) {
    const stranger = new CommandConnection(address)
    const refusal = await stranger.call(['AUTH', password]).catch(messageOf)
    stranger.close()
    expect(refusal).toMatch(/^WRONGPASS /)
  }
}
