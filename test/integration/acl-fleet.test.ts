import { describe, expect, it } from 'vitest'

import {
  CommandConnection, messageOf, withDeployment, type Deployment, type Reply, type SentinelKind,
} from '../../src/harness/index.ts'
import { expectCleanRound } from './scenarios/election-order.ts'
import { failoverRound } from './scenarios/failover-round.ts'
import { report } from './support/figures.ts'
import { kindUnderTest, limitFor, rounds } from './support/settings.ts'

const ours = kindUnderTest()
const FLEETS: readonly { readonly title: string, readonly sentinels: readonly SentinelKind[] }[] = [
  { title: 'alone', sentinels: [ours, ours, ours] },
  { title: 'with one genuine', sentinels: [ours, ours, 'genuine'] },
  { title: 'with two genuine', sentinels: [ours, 'genuine', 'genuine'] },
]

const EACH_FLEET = FLEETS.map(({ title, sentinels }) => [title, sentinels] as const)

/** What the documentation of the original grants to the sentinels of a data node, and to its replicas. */
const NODE_USERS = [
  'user watcher on >watch-pass allchannels -@all +multi +slaveof +ping +exec +subscribe +config|rewrite +role +publish '
  + '+info +client|setname +client|kill +script|kill',
  'user follower on >follow-pass -@all +psync +replconf +ping',
  'masteruser follower',
  'masterauth follow-pass',
]

/** Other sentinels may do no more than they must. */
const SENTINEL_USERS = [
  'sentinel auth-user mymaster watcher',
  'sentinel auth-pass mymaster watch-pass',
  'user peer on ">peer pass" -@all +ping +publish +sentinel|is-master-down-by-addr +client|setname &__sentinel__:hello',
  'user reader on >read-pass resetchannels &+switch-master -@all +subscribe +sentinel|get-master-addr-by-name',
  'sentinel sentinel-user peer',
  'sentinel sentinel-pass "peer pass"',
]

const OPTIONS = {
  user: 'admin', password: 'node admin', sentinelUser: 'admin', sentinelPassword: 'sentinel admin',
  redisConfig: NODE_USERS, sentinelConfig: SENTINEL_USERS, downAfterMs: 2_000,
}

// protocol.md 5.4 to 5.6: the default user is off everywhere, and everybody has no more rights than needed.
describe('fleets with ACL users on nodes and sentinels', () => {
  const count = rounds(1)

  it.each(EACH_FLEET)('a fleet with ACL users fails over and takes the old master back: %s', async (title, sentinels) => {
    await withDeployment({ ...OPTIONS, sentinels }, async (deployment) => {
      const writer = await deployment.startWriter()
      for (let round = 1; round <= count; round++) {
        const { fault, settled, firstSwitchMs, rejoinedMs } = await failoverRound(deployment, 'kill')
        expectCleanRound(deployment, fault.position)
        expect((await writer.nextAcknowledged()).server).toEqual(settled.master.address)
        report({ scenario: `ACL users ${title}`, round, values: { firstSwitchMs, rejoinedMs } })
      }
      await expectNobodyRefused(deployment)
      await expectRoles(deployment)
    })
  }, limitFor(count, 60_000))
})

// Nobody is locked out at any moment: a new password is added, everybody uses it, the old one goes.
describe('fleets with passwords changed at run time', () => {
  const count = rounds(1)

  it.each(EACH_FLEET)('a fleet whose passwords were changed fails over and takes the old master back: %s', async (title, sentinels) => {
    await withDeployment({ ...OPTIONS, sentinels }, async (deployment) => {
      let [watchPass, peerPass] = ['watch-pass', 'peer pass']
      for (let round = 1; round <= count; round++) {
        const [nextWatch, nextPeer] = [`watch-${round}`, `peer ${round}`]
        await everywhere(deployment.nodes, ['ACL', 'SETUSER', 'watcher', `>${nextWatch}`])
        await everywhere(deployment.sentinels, ['ACL', 'SETUSER', 'peer', `>${nextPeer}`])
        await everywhere(deployment.sentinels, ['SENTINEL', 'SET', 'mymaster', 'auth-pass', nextWatch])
        await everywhere(deployment.sentinels, ['SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', nextPeer])
        await everywhere(deployment.nodes, ['ACL', 'SETUSER', 'watcher', `<${watchPass}`])
        await everywhere(deployment.sentinels, ['ACL', 'SETUSER', 'peer', `<${peerPass}`])
        // The nodes keep it over their restart.
        await everywhere(deployment.nodes, ['CONFIG', 'REWRITE'])
        for (const node of deployment.nodes) await node.call(['CLIENT', 'KILL', 'USER', 'watcher'])
        await deployment.waitUntilFormed()
        const { settled, firstSwitchMs, rejoinedMs } = await failoverRound(deployment, 'kill')
        expect(settled.master.address).toEqual((await deployment.currentMaster()).address)
        report({ scenario: `changed passwords ${title}`, round, values: { firstSwitchMs, rejoinedMs } })
        ;[watchPass, peerPass] = [nextWatch, nextPeer]
      }
      await expectNobodyRefused(deployment)
    })
  }, limitFor(count, 60_000))
})

type Command = readonly [string, ...string[]]

/** Everybody must say OK. */
async function everywhere(
  processes: readonly { call(command: Command): Promise<Reply> }[], command: Command,
): Promise<void> {
  expect(new Set(await Promise.all(processes.map((process) => process.call(command))))).toEqual(new Set(['OK']))
}

/** No sentinel tried what it may not do, neither on a node nor on another sentinel. */
async function expectNobodyRefused(deployment: Deployment): Promise<void> {
  for (const process of [...deployment.nodes, ...deployment.sentinels]) {
    expect(await process.call(['ACL', 'LOG']), `refusals of ${process.name}`).toEqual([])
  }
}

async function expectRoles(deployment: Deployment): Promise<void> {
  const master = await deployment.currentMaster()
  for (const sentinel of deployment.sentinels) {
    const ask = async (user: string, password: string, ...command: [string, ...string[]]): Promise<Reply> => {
      const connection = new CommandConnection({ ...sentinel.address, username: user, password })
      return connection.call(command).catch(messageOf).finally(() => { connection.close() })
    }
    const where = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster'] as const
    expect(await ask('reader', 'read-pass', ...where)).toEqual([master.address.host, String(master.address.port)])
    expect(await ask('reader', 'read-pass', 'SENTINEL', 'REMOVE', 'mymaster')).toMatch(/^NOPERM .* 'sentinel\|remove' command$/)
    expect(await ask('reader', 'read-pass', 'SUBSCRIBE', '+sdown')).toMatch(/^NOPERM /)
    expect(await ask('peer', 'peer pass', 'SENTINEL', 'MASTERS')).toMatch(/^NOPERM /)
    const stranger = new CommandConnection(sentinel.address)
    expect(await stranger.call(['PING']).catch(messageOf).finally(() => { stranger.close() })).toMatch(/^NOAUTH /)
    // Ours writes the line as the file had it; the original writes every rule (config.md 7.4).
    expect(sentinel.configText()).toMatch(/^user default off( .*resetchannels -@all)?$/m)
    const peer = /^user peer on .*$/m.exec(sentinel.configText())?.[0]
    expect(peer).toMatch(/ #[0-9a-f]{64} /)
    expect(peer).toMatch(/ &__sentinel__:hello( |$)/)
    expect(peer).toMatch(/ -@all( \+[a-z|-]+){4}( |$)/)
  }
}
