/** Contacts every node that the file or a master names. */
import type { DurableMaster } from '../../core/index.ts'
import { addressText } from '../../explain/index.ts'
import { NodeClient, type NodeAddress, NodeUnreachable } from '../node-client/node-client.ts'
import { errorOf } from '../node-client/reply-reading.ts'
import { reportNode, type NodeReport, type ProbeMeans } from './node-report.ts'
import type { LoadedFile } from './loaded-file.ts'

/** Number of nodes contacted for one master. More would show nothing new, and each costs seconds when it is down. */
const NODES_MAX = 64

export interface Probe {
  readonly masters: readonly MasterProbe[]
}

export interface MasterProbe {
  readonly monitored: NodeReport
  readonly replicas: readonly NodeReport[]
  readonly sentinels: readonly SentinelProbe[]
  /** Addresses that the master lists for more than one replica, as `addr:port`. */
  readonly sharedAddresses: readonly string[]
}

export interface SentinelProbe {
  readonly master: DurableMaster
  readonly address: NodeAddress
  /** Why the sentinel could not be used; undefined when it answered. */
  readonly problem: string | undefined
}

export async function probeAll({ config }: LoadedFile, means: ProbeMeans): Promise<Probe> {
  const { masters, sentinelPass, sentinelUser } = config.durable
  const password = sentinelPass ?? config.settings.requirepass
  const user = sentinelPass === undefined || sentinelUser === undefined ? [] : [sentinelUser]
  const login = password === undefined ? undefined : [...user, password]
  return { masters: await Promise.all(masters.map((master) => probeMaster(master, means, login))) }
}

async function probeMaster(
  master: DurableMaster, means: ProbeMeans, login: readonly string[] | undefined,
): Promise<MasterProbe> {
  const monitored = await reportNode({ master, address: master, namedBy: 'monitor', means })
  const all = listedReplicas(monitored)
  const listed = all.filter((one, at) => all.findIndex((other) => isSame(one, other)) === at)
  const doubled = all.filter((one, at) => all.findIndex((other) => isSame(one, other)) < at)
  const sharedAddresses = [...new Set(doubled.map(addressText))]
  const fromFile = master.replicas.filter((known) => !listed.some((one) => isSame(one, known)))
  const named = [
    ...listed.map((address) => ({ address, namedBy: 'master' as const })),
    ...fromFile.map((address) => ({ address, namedBy: 'file' as const })),
  ]
  const replicas = await Promise.all(named.slice(0, NODES_MAX).map((node) => reportNode({ master, ...node, means })))
  const sentinels = await Promise.all(
    master.sentinels.slice(0, NODES_MAX).map((address) => probeSentinel(master, address, means, login)),
  )
  return { monitored, replicas, sentinels, sharedAddresses }
}

function isSame(a: NodeAddress, b: NodeAddress): boolean {
  return a.host === b.host && a.port === b.port
}

/** The replicas in the INFO of a master: `slave0:ip=10.0.0.2,port=6379,state=online,…` */
function listedReplicas({ contact }: NodeReport): readonly NodeAddress[] {
  if (contact.kind !== 'answers') return []
  return [...contact.info ?? []].filter(([name]) => /^slave\d+$/.test(name)).map(([, text]) => {
    const fields = new Map(text.split(',').map((field) => field.split('=') as [string, string]))
    return { host: fields.get('ip') ?? '', port: Number(fields.get('port') ?? '0') }
  })
}

async function probeSentinel(
  master: DurableMaster, address: NodeAddress, { tls }: ProbeMeans, login: readonly string[] | undefined,
): Promise<SentinelProbe> {
  let client: NodeClient | undefined
  try {
    client = await NodeClient.open({ ...address, tls })
    if (login !== undefined) await client.call('AUTH', ...login)
    return { master, address, problem: errorOf(await client.call('PING')) }
  } catch (error) {
    if (!(error instanceof NodeUnreachable)) throw error
    return { master, address, problem: error.message }
  } finally {
    client?.close()
  }
}
