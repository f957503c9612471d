import type { Deployment, MasterGroup } from './deployment.ts'
import { notYet } from './eventually.ts'
import type { SentinelProcess } from './sentinel-process.ts'

/** Passes when every running sentinel knows all others and all replicas of every master, and sees no node down. */
export async function checkFormed(deployment: Deployment): Promise<void> {
  const running = deployment.sentinels.filter((sentinel) => sentinel.running && !sentinel.process.paused)
  for (const sentinel of running) {
    for (const group of deployment.groups) await checkKnows(sentinel, group, deployment.sentinels.length)
  }
}

async function checkKnows(sentinel: SentinelProcess, group: MasterGroup, sentinelCount: number): Promise<void> {
  const seen = await sentinel.master(group.name)
  expectField(sentinel, seen, 'num-other-sentinels', String(sentinelCount - 1))
  expectField(sentinel, seen, 'num-slaves', String(group.nodes.length - 1))
  expectField(sentinel, seen, 'flags', 'master')
  const others = [...await sentinel.replicas(group.name), ...await sentinel.sentinels(group.name)]
  for (const other of others) {
    const flags = other['flags'] ?? ''
    if (/down|disconnected/.test(flags)) throw notYet(`${sentinel.name} sees ${other['name']} as ${flags}`)
  }
  // A sentinel selects a replica only after it has read its INFO.
  for (const replica of await sentinel.replicas(group.name)) {
    if (replica['master-link-status'] !== 'ok') throw notYet(`${sentinel.name} has no INFO of ${replica['name']}`)
  }
  await sentinel.call(['SENTINEL', 'CKQUORUM', group.name])
}

function expectField(
  sentinel: SentinelProcess,
  fields: Readonly<Record<string, string>>,
  name: string,
  wanted: string,
): void {
  if (fields[name] !== wanted) throw notYet(`${sentinel.name} has ${name} ${fields[name]}, not ${wanted}`)
}
