import { formatAddress, sameAddress, type Address } from './address.ts'
import type { Deployment, MasterGroup } from './deployment.ts'
import { notYet } from './eventually.ts'
import type { RedisProcess } from './redis-process.ts'
import type { SentinelProcess } from './sentinel-process.ts'

/** The master and the epoch that all agree on after a failover. */
export interface SettledState {
  readonly master: RedisProcess
  readonly configEpoch: number
}

/** Checks everything that must hold at the end of a failover; throws the first condition that does not hold. */
export async function checkSettled(
  deployment: Deployment,
  group: MasterGroup,
  awayFrom: Address | undefined,
): Promise<SettledState> {
  const master = await deployment.currentMaster(group.name)
  if (sameAddress(master.address, awayFrom)) throw notYet(`the master is still ${formatAddress(master.address)}`)
  await checkAcceptsWrites(master)
  for (const node of group.nodes) {
    if (node !== master && node.running && !node.process.paused) await checkFollows(node, master)
  }
  const sentinels = deployment.sentinels.filter((sentinel) => sentinel.running && !sentinel.process.paused)
  const epochs = new Map<string, number>()
  for (const sentinel of sentinels) {
    await checkView(sentinel, group)
    epochs.set(sentinel.name, checkFile(sentinel, group, master))
  }
  const [configEpoch = 0] = epochs.values()
  if (new Set(epochs.values()).size > 1) {
    const seen = [...epochs].map(([name, epoch]) => `${name} ${epoch}`)
    throw notYet(`the config epochs in the files differ: ${seen.join(', ')}`)
  }
  return { master, configEpoch }
}

async function checkAcceptsWrites(master: RedisProcess): Promise<void> {
  await master.call(['SET', 'ts-sentinel:harness:settled', 'yes'])
}

async function checkFollows(node: RedisProcess, master: RedisProcess): Promise<void> {
  const facts = await node.replication()
  if (facts.role !== 'slave') throw notYet(`${node.name} has the role ${facts.role}`)
  if (!sameAddress(facts.master, master.address)) {
    throw notYet(`${node.name} follows ${facts.master === undefined ? 'no master' : formatAddress(facts.master)}`)
  }
  if (!facts.linkUp) throw notYet(`the master link of ${node.name} is down`)
}

async function checkView(sentinel: SentinelProcess, group: MasterGroup): Promise<void> {
  const { flags } = await sentinel.master(group.name)
  if (flags !== 'master') throw notYet(`${sentinel.name} flags the master ${flags}`)
  for (const replica of await sentinel.replicas(group.name)) {
    const node = group.nodes.find((one) => formatAddress(one.address) === replica['name'])
    if (node === undefined || !node.running || node.process.paused) continue
    if (replica['flags'] !== 'slave') throw notYet(`${sentinel.name} flags ${node.name} ${replica['flags']}`)
    // A sentinel that still sees a stray master would order it to be a replica if it became the master soon.
    if (replica['role-reported'] !== 'slave') throw notYet(`${sentinel.name} takes ${node.name} for a master`)
  }
}

/** @returns the config epoch in the file */
function checkFile(sentinel: SentinelProcess, group: MasterGroup, master: RedisProcess): number {
  const facts = sentinel.fileFacts(group.name)
  if (!sameAddress(facts.master, master.address)) {
    const seen = facts.master === undefined ? 'no master' : formatAddress(facts.master)
    throw notYet(`the file of ${sentinel.name} names ${seen}`)
  }
  return facts.configEpoch
}
