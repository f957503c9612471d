import type { Deployment, MasterGroup } from './deployment.ts'
import { notYet } from './eventually.ts'
import type { NodeProcess } from './node-process.ts'
import type { SentinelProcess } from './sentinel-process.ts'

/** How long to wait, and for what. */
export interface FormedOptions {
  /** Time limit in milliseconds. Default 60000. */
  readonly timeoutMs?: number
  /**
   * Names of processes that need not be known and may be down, for example `['redis-2']`. CKQUORUM must be OK all the
   * same. Default: none.
   */
  readonly without?: readonly string[]
}

/**
 * Passes when every running sentinel knows all others and all replicas of every master, and sees no node down.
 *
 * @param without the names of processes that do not matter
 */
export async function checkFormed(deployment: Deployment, without: readonly string[] = []): Promise<void> {
  const isWanted = ({ name }: NodeProcess): boolean => !without.includes(name)
  const sentinels = deployment.sentinels.filter(isWanted)
  const left = [...deployment.sentinels, ...deployment.nodes].filter((one) => !isWanted(one))
  const ignored = new Set(left.map(({ address: { host, port } }) => `${host} ${port}`))
  for (const sentinel of sentinels) {
    if (!sentinel.running || sentinel.process.paused) continue
    for (const group of deployment.groups) {
      const nodes = group.nodes.filter(isWanted).length
      await checkKnows(sentinel, group, { nodes, sentinels: sentinels.length, ignored })
    }
  }
}

type Fields = Readonly<Record<string, string>>

async function checkKnows(sentinel: SentinelProcess, group: MasterGroup, wanted: {
  /** Numbers of nodes of the group and of sentinels that matter. */
  readonly nodes: number
  readonly sentinels: number
  /** `host port` of the processes that do not. */
  readonly ignored: ReadonlySet<string>
}): Promise<void> {
  const matters = (one: Fields): boolean => !wanted.ignored.has(`${one['ip']} ${one['port']}`)
  const seen = await sentinel.master(group.name)
  if (matters(seen)) expectValue(sentinel, 'flags', seen['flags'], 'master')
  const replicas = (await sentinel.replicas(group.name)).filter(matters)
  const others = (await sentinel.sentinels(group.name)).filter(matters)
  expectValue(sentinel, 'num-other-sentinels', String(others.length), String(wanted.sentinels - 1))
  expectValue(sentinel, 'num-slaves', String(replicas.length), String(wanted.nodes - (matters(seen) ? 1 : 0)))
  for (const other of [...replicas, ...others]) {
    const flags = other['flags'] ?? ''
    if (/down|disconnected/.test(flags)) throw notYet(`${sentinel.name} sees ${other['name']} as ${flags}`)
  }
  // A sentinel selects a replica only after it has read its INFO.
  for (const replica of replicas) {
    if (replica['master-link-status'] !== 'ok') throw notYet(`${sentinel.name} has no INFO of ${replica['name']}`)
  }
  await sentinel.call(['SENTINEL', 'CKQUORUM', group.name])
}

function expectValue(sentinel: SentinelProcess, name: string, value: string | undefined, wanted: string): void {
  if (value !== wanted) throw notYet(`${sentinel.name} has ${name} ${value}, not ${wanted}`)
}
