/**
 * Two deployments, of which the first comes to list nodes with the data of the second one
 * (docs/decisions/0048-lineage-and-foreign-nodes.md).
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import {
  eventually, formatAddress, killMaster, notYet, pointReplicaTo, sameAddress, withDeployment,
  type Address, type Deployment, type DeploymentOptions, type RedisProcess, type SentinelKind, type SentinelProcess,
} from '../../../src/harness/index.ts'
import { takeSnapshot } from '../support/snapshot.ts'

export interface ForeignCase {
  /** What happens. */
  readonly title: string
  readonly run: (kind: SentinelKind) => Promise<Outcome>
}

/** What the sentinels of the first deployment did to nodes that have the data of the second one. */
export interface Outcome {
  /** The events of orders to them, and of their promotion. */
  readonly orders: readonly string[]
  /** Whether a sentinel names one of them as the master. */
  readonly isPromoted: boolean
  /** Whether all of them still have these data. */
  readonly isDataKept: boolean
  /** Whether the master of the second deployment still is one, for its sentinel as well. */
  readonly isTheirMasterKept: boolean
  /** Whether `+foreign-node` named each of them. */
  readonly isReported: boolean
  /** How the failover of the first deployment ended. */
  readonly failover: '+switch-master' | '-failover-abort-no-good-slave'
}

interface Scene {
  readonly home: Deployment
  readonly other: Deployment
}

const KEY = 'owner'
const INFO_MS = 1000
const PUBLISH_MS = 500
const NAMES: DeploymentOptions = {
  hostName: () => 'localhost', sentinelConfig: ['sentinel resolve-hostnames yes', 'sentinel announce-hostnames yes'],
}

export const FOREIGN_CASES: readonly ForeignCase[] = [
  {
    title: 'a replica is pointed to another deployment',
    run: (kind) => play(kind, {}, async (scene) => [await misdirect(scene, 1)]),
  },
  {
    title: 'its address is used by a deployment with another master name',
    run: (kind) => play(kind, { otherName: 'theirs' }, async (scene) => [await reuseAddress(scene)]),
  },
  {
    title: 'its address is used by a deployment with the same master name',
    run: (kind) => play(kind, {}, async (scene) => [await reuseAddress(scene)]),
  },
  {
    title: 'it is restarted as a master with the RDB file of another deployment',
    run: (kind) => play(kind, {}, async (scene) => {
      const { timeline } = scene.home
      const after = timeline.position
      const node = await restartWithTheirFile(scene, { isMaster: true })
      await timeline.waitFor({ event: /^\+(foreign-node|convert-to-slave)$/, after, text: new RegExp(formatAddress(node.address)) })
      return [node]
    }),
  },
  {
    title: 'the only replica loads that file while its master is down',
    run: (kind) => play(kind, { replicas: [{}] }, async (scene) => {
      await scene.home.nodes[0]?.kill()
      return [await restartWithTheirFile(scene, { isMaster: false })]
    }),
  },
  {
    title: 'a replica follows their replica, and another one follows it',
    run: (kind) => play(kind, { replicas: [{ priority: 10 }, { priority: 50 }, {}] }, async (scene) => {
      const first = await misdirect(scene, 1, scene.other.nodes[1]?.address)
      return [first, await misdirect(scene, 2, first.address)]
    }),
  },
  {
    title: 'a replica is pointed to another deployment, with host names',
    run: (kind) => play(kind, { names: NAMES }, async (scene) => [await misdirect(scene, 1)]),
  },
]

/** The outcome in a few words. */
export function outcomeText({ orders, isPromoted, isDataKept, isTheirMasterKept, isReported }: Outcome): string {
  return [
    isPromoted ? 'promoted' : orders.length > 0 ? `ordered (${[...new Set(orders)].join(', ')})` : 'left alone',
    isDataKept ? 'data kept' : 'data overwritten',
    ...isTheirMasterKept ? [] : ['their master lost'],
    ...isReported ? ['reported'] : [],
  ].join(', ')
}

interface Stage {
  readonly otherName?: string
  /** Of the first deployment. The original promotes the first one. */
  readonly replicas?: DeploymentOptions['replicas']
  readonly names?: DeploymentOptions
}

const END = /^(\+switch-master|-failover-abort-no-good-slave)$/

/** `befall` resolves with the nodes that have the data of the second deployment then. */
function play(
  kind: SentinelKind, stage: Stage, befall: (scene: Scene) => Promise<readonly RedisProcess[]>,
): Promise<Outcome> {
  const { otherName = 'mymaster', replicas = [{ priority: 10 }, {}], names = {} } = stage
  const failoverTimeoutMs = kind === 'ours' ? 1000 : 3000
  const common = { ...names, downAfterMs: 1200, failoverTimeoutMs, folderPrefix: 'ts-sentinel-foreign' }
  const home: DeploymentOptions = { ...common, replicas, sentinels: [kind, kind, kind] }
  const other: DeploymentOptions = { ...common, masters: [{ name: otherName }], replicas: 1, sentinels: [kind] }
  return withDeployment(home, (ours) => withDeployment(other, async (theirs) => {
    const scene = { home: ours, other: theirs }
    await prepare(ours, 'ours')
    await prepare(theirs, 'theirs')
    const { position } = ours.timeline
    const foreign = await befall(scene)
    if (ours.nodes[0]?.running === true) await killMaster(ours)
    const ended = await ours.timeline.waitFor({ event: END, after: position })
    for (const sentinel of ours.sentinels) {
      for (const node of foreign) await watched(sentinel, node, failoverTimeoutMs + 1500)
    }
    return judge(scene, foreign, { after: position, failover: ended.event as Outcome['failover'] })
  }))
}

async function prepare(deployment: Deployment, owner: string): Promise<void> {
  const [master] = deployment.nodes
  await master?.call(['SET', KEY, owner])
  await master?.call(['WAIT', String(deployment.nodes.length - 1), '5000'])
  await hurry(deployment)
}

/** Makes the sentinels read INFO and publish more often than usual. */
export async function hurry({ sentinels }: Deployment): Promise<void> {
  for (const sentinel of sentinels) {
    await sentinel.call(['SENTINEL', 'DEBUG', 'INFO-PERIOD', String(INFO_MS), 'PUBLISH-PERIOD', String(PUBLISH_MS)])
  }
}

async function misdirect({ home, other }: Scene, at: number, wanted?: Address): Promise<RedisProcess> {
  const to = wanted ?? nodeOf(other, 0).address
  const node = nodeOf(home, at)
  await pointReplicaTo(home, node, to)
  await untilTheirs(node)
  return node
}

/** The process at the address ends, and a replica of the second deployment starts there. */
async function reuseAddress({ home, other }: Scene): Promise<RedisProcess> {
  const node = nodeOf(home, 1)
  await node.kill()
  follow(node, nodeOf(other, 0).address)
  await node.start()
  await untilTheirs(node)
  return node
}

async function restartWithTheirFile(
  { home, other }: Scene, { isMaster }: { isMaster: boolean },
): Promise<RedisProcess> {
  const [node, source] = [nodeOf(home, 1), nodeOf(other, 0)]
  await takeSnapshot(source)
  await node.kill()
  copyFileSync(join(source.folder, 'dump.rdb'), join(node.folder, 'dump.rdb'))
  if (isMaster) follow(node, undefined)
  await node.start()
  await untilTheirs(node)
  return node
}

/** Changes its file. */
function follow({ configFile }: RedisProcess, master: Address | undefined): void {
  const lines = readFileSync(configFile, 'utf8').split('\n').filter((line) => !/^(replicaof|slaveof) /.test(line))
  const line = master === undefined ? [] : [`replicaof ${master.host} ${master.port}`]
  writeFileSync(configFile, [...lines, ...line, ''].join('\n'))
}

async function untilTheirs(node: RedisProcess): Promise<void> {
  await eventually(`${node.name} to have the other data`, async () => {
    const owner = await node.call(['GET', KEY])
    if (owner !== 'theirs') throw notYet(`its owner is ${String(owner)}`)
  })
}

/** Waits until this sentinel has seen the node in one role for so long. */
async function watched(sentinel: SentinelProcess, { name, address }: RedisProcess, ms: number): Promise<void> {
  await eventually(`${sentinel.name} to watch ${name}`, async () => {
    const records = [await sentinel.master('mymaster'), ...await sentinel.replicas('mymaster')]
    const record = records.find(({ port }) => port === String(address.port))
    // A sentinel that was drawn into the other deployment may not list it.
    if (record === undefined) return
    if (!(Number(record['role-reported-time']) >= ms)) throw notYet(`for ${record['role-reported-time']} of ${ms} ms`)
  }, { timeoutMs: 30_000 })
}

const ORDERS = /^\+(promoted-slave|slave-reconf-sent|slave-reconf-sent-be|convert-to-slave|fix-slave-config)$/

async function judge(
  { home, other }: Scene, foreign: readonly RedisProcess[],
  { after, failover }: { after: number, failover: Outcome['failover'] },
): Promise<Outcome> {
  const names = foreign.map(({ address }) => formatAddress(address))
  const isAbout = (text: string) => names.some((name) => text.startsWith(`slave ${name} `))
  const named = await Promise.all(home.sentinels.map((sentinel) => sentinel.masterAddress('mymaster')))
  const kept = await Promise.all(foreign.map((node) => node.call(['GET', KEY])))
  const reports = home.timeline.all({ event: '+foreign-node', after }).map(({ text }) => text)
  return {
    orders: home.timeline.all({ event: ORDERS, after }).filter(({ text }) => isAbout(text)).map(({ event }) => event),
    isPromoted: named.some((address) => foreign.some((node) => sameAddress(node.address, address))),
    isDataKept: kept.every((owner) => owner === 'theirs'),
    isTheirMasterKept: await isTheirMasterKept(other),
    isReported: names.every((name) => reports.some((text) => text.startsWith(`slave ${name} `))),
    failover,
  }
}

async function isTheirMasterKept(other: Deployment): Promise<boolean> {
  const master = nodeOf(other, 0)
  const [named, { role }, owner] = await Promise.all([
    other.sentinel(0).masterAddress(other.group.name), master.replication(), master.call(['GET', KEY]),
  ])
  return sameAddress(master.address, named) && role === 'master' && owner === 'theirs'
}

function nodeOf({ nodes }: Deployment, at: number): RedisProcess {
  const node = nodes[at]
  if (node === undefined) throw new Error(`no node ${at}`)
  return node
}
