import { sameAddress, type Address } from '../address.ts'
import type { Deployment } from '../deployment.ts'
import { eventually, notYet } from '../eventually.ts'
import { isolateMaster, killMaster, orderFailover } from '../faults.ts'
import type { Scenario, ScenarioFault, ScenarioStage } from './scenario.ts'

/** The scenarios, in the order in which a drill runs them. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'kill-master',
    title: 'the master is killed and comes back later',
    expectFailovers: 1,
    run: async ({ deployment, settleMs }) => {
      const fault = await killMaster(deployment)
      const awayFrom = fault.node.address
      await deployment.waitUntilSettled({ awayFrom, timeoutMs: settleMs })
      await fault.node.start()
      await deployment.waitUntilSettled({ awayFrom, timeoutMs: settleMs })
      return fault
    },
  },
  {
    name: 'rolling-restart',
    title: 'every process is restarted in turn: sentinels, replicas, and the master after an ordered failover',
    expectFailovers: 1,
    run: rollingRestart,
  },
  {
    name: 'partition',
    title: 'the master is isolated from all other nodes, but not from its clients, and the network heals later',
    expectFailovers: 1,
    deployment: { network: 'relayed' },
    unavailable: () => process.platform === 'linux'
      ? undefined
      : 'partitions need a loopback address for each node, which only Linux has by default',
    run: async ({ deployment, settleMs }) => {
      const fault = await isolateMaster(deployment)
      await waitUntilMajorityLeft(deployment, fault.node.address, settleMs)
      deployment.network?.heal()
      await deployment.waitUntilSettled({ awayFrom: fault.node.address, timeoutMs: settleMs })
      return fault
    },
  },
  {
    name: 'cold-start',
    title: 'all processes are stopped and started again at the same time',
    // Without persistence all nodes would start empty.
    deployment: { persistence: 'aof' },
    // A master that needs longer than down-after to restart is replaced, which is right.
    expectFailovers: { least: 0, most: 1 },
    run: coldStart,
  },
  {
    name: 'reset-then-master-loss',
    title: 'SENTINEL RESET runs on all sentinels, and the master is killed before they know their replicas again',
    expectFailovers: 1,
    run: async ({ deployment, settleMs }) => {
      for (const sentinel of deployment.sentinels) {
        deployment.timeline.mark(sentinel.name, 'fault: SENTINEL RESET')
        await sentinel.call(['SENTINEL', 'RESET', deployment.group.name])
      }
      const fault = await killMaster(deployment)
      await waitUntilMajorityLeft(deployment, fault.node.address, settleMs)
      // A sentinel that knew no replica when the master died learns of none until a node that it knows is back.
      await fault.node.start()
      await deployment.waitUntilSettled({ awayFrom: fault.node.address, timeoutMs: settleMs })
      return fault
    },
  },
  {
    name: 'two-at-once',
    title: 'two masters of the same sentinels are killed at the same moment',
    deployment: { masters: [{ name: 'first' }, { name: 'second' }] },
    expectFailovers: 2,
    run: async ({ deployment, settleMs }) => {
      const [fault, other] = await Promise.all([killMaster(deployment, 'first'), killMaster(deployment, 'second')])
      await deployment.waitUntilSettled({ masterName: 'first', awayFrom: fault.node.address, timeoutMs: settleMs })
      await deployment.waitUntilSettled({ masterName: 'second', awayFrom: other.node.address, timeoutMs: settleMs })
      return fault
    },
  },
  {
    name: 'master-and-sentinel',
    title: 'the master and a sentinel are killed at the same moment, as when their machine loses power',
    expectFailovers: 1,
    run: async ({ deployment, settleMs }) => {
      const sentinel = deployment.sentinel(0)
      const fault = await killMaster(deployment)
      await sentinel.kill()
      const awayFrom = fault.node.address
      await deployment.waitUntilSettled({ awayFrom, timeoutMs: settleMs })
      await Promise.all([fault.node.start(), sentinel.start()])
      await deployment.waitUntilSettled({ awayFrom, timeoutMs: settleMs })
      return fault
    },
  },
]

// The order of a safe upgrade: replicas first, the master last and only after a failover.
async function rollingRestart({ deployment, settleMs }: ScenarioStage): Promise<ScenarioFault> {
  deployment.timeline.mark('drill', 'rolling restart')
  for (const sentinel of deployment.sentinels) {
    await sentinel.stop()
    await sentinel.start()
    await deployment.waitUntilSettled({ timeoutMs: settleMs })
  }
  const old = await deployment.currentMaster()
  for (const node of deployment.nodes.filter((one) => one !== old)) {
    await node.stop()
    await node.start()
    await deployment.waitUntilSettled({ timeoutMs: settleMs })
  }
  // A restarted replica can be promoted only after the sentinels have seen it up.
  await deployment.waitUntilFormed(settleMs)
  const fault = await orderFailover(deployment)
  await deployment.waitUntilSettled({ awayFrom: old.address, timeoutMs: settleMs })
  await old.stop()
  await old.start()
  await deployment.waitUntilSettled({ awayFrom: old.address, timeoutMs: settleMs })
  return fault
}

async function coldStart({ deployment, settleMs }: ScenarioStage): Promise<ScenarioFault> {
  const begin = beginning(deployment, 'fault: stop everything')
  const all = [...deployment.sentinels, ...deployment.nodes]
  await Promise.all(all.map((one) => one.stop()))
  await Promise.all(all.map((one) => one.start()))
  await deployment.waitUntilSettled({ timeoutMs: settleMs })
  return begin
}

function beginning(deployment: Deployment, what: string): ScenarioFault {
  const { position } = deployment.timeline
  return { at: deployment.timeline.mark('drill', what).at, position }
}

/** Waits until a majority of the sentinels name another master than the old one, so that clients find it. */
async function waitUntilMajorityLeft(deployment: Deployment, old: Address, timeoutMs: number): Promise<void> {
  const { name } = deployment.group
  await eventually('most sentinels to name a new master', async () => {
    const named = await Promise.all(deployment.sentinels.map((sentinel) => sentinel.masterAddress(name)))
    const left = named.filter((address) => address !== undefined && !sameAddress(address, old))
    if (left.length <= named.length / 2) throw notYet(`${left.length} of ${named.length} sentinels name a new master`)
  }, { timeoutMs })
}
