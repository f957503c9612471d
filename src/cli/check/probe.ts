/** Contacts every node that the file or a master names. */
import type { DurableMaster } from '../../core/index.ts'
import { addressText, errorOf, fieldsOf, textOf } from '../../explain/index.ts'
import { NodeClient, type NodeAddress, NodeUnreachable } from '../node-client/node-client.ts'
import { announcedPort } from './address-rules.ts'
import { reportNode, type NodeReport, type ProbeMeans } from './node-report.ts'
import type { LoadedFile } from './loaded-file.ts'

/** Number of nodes contacted for one master. More would show nothing new, and each costs seconds when it is down. */
const NODES_MAX = 64

export interface Probe {
  readonly masters: readonly MasterProbe[]
  /** The id of this sentinel; empty before its first start. */
  readonly ownId: string
  /** What answers at the address that this sentinel announces; undefined where nothing does. */
  readonly announced: SentinelProbe | undefined
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
  /** The error with which it refused the login, or a command without one; undefined where it accepts this sentinel. */
  readonly refusal: string | undefined
  /** Whether a data node answers at this address. */
  readonly isDataNode: boolean
  /** Its own id; undefined when it did not give it. */
  readonly id: string | undefined
  /** The address that it has for the master; undefined when it did not give it. */
  readonly names: NamedMaster | 'no-such-master' | undefined
}

export interface NamedMaster extends NodeAddress {
  readonly configEpoch: string
  /** Settings of the master there; undefined where the reply lacks them. */
  readonly quorum: number | undefined
  readonly downAfterMs: number | undefined
}

export async function probeAll({ config }: LoadedFile, means: ProbeMeans): Promise<Probe> {
  const { masters, sentinelPass, sentinelUser } = config.durable
  const password = sentinelPass ?? config.settings.requirepass
  const user = sentinelPass === undefined || sentinelUser === undefined ? [] : [sentinelUser]
  const login = password === undefined ? undefined : [...user, password]
  const [first] = masters
  const { announceIp, myId } = config.durable
  const [announced, probes] = await Promise.all([
    announceIp === undefined || first === undefined
      ? undefined : probeSentinel(first, { host: announceIp, port: announcedPort(config) }, means, login),
    Promise.all(masters.map((master) => probeMaster(master, means, login))),
  ])
  return { masters: probes, ownId: myId, announced: announced?.problem === undefined ? announced : undefined }
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
  const unknown = {
    master, address, problem: undefined, refusal: undefined, isDataNode: false, id: undefined, names: undefined,
  }
  let client: NodeClient | undefined
  try {
    client = await NodeClient.open({ ...address, tls })
    const loginError = login === undefined ? undefined : errorOf(await client.call('AUTH', ...login))
    const ping = errorOf(await client.call('PING'))
    if (ping !== undefined) return { ...unknown, refusal: loginError ?? ping }
    const id = await client.call('SENTINEL', 'MYID')
    const isDataNode = /unknown command/i.test(errorOf(id) ?? '') && await isNode(client)
    return { ...unknown, isDataNode, id: textOf(id), names: await namedMaster(client, master.name) }
  } catch (error) {
    if (!(error instanceof NodeUnreachable)) throw error
    return { ...unknown, problem: error.message }
  } finally {
    client?.close()
  }
}

/** Redis before 6.2 has no SENTINEL MYID; a data node has no SENTINEL at all, and a replication id. */
async function isNode(client: NodeClient): Promise<boolean> {
  return /^role:(?:master|slave)/m.test(textOf(await client.call('INFO', 'replication')) ?? '')
}

async function namedMaster(client: NodeClient, name: string): Promise<SentinelProbe['names']> {
  const reply = await client.call('SENTINEL', 'MASTER', name)
  if (/no such master/i.test(errorOf(reply) ?? '')) return 'no-such-master'
  const fields = fieldsOf(reply)
  const [host, port] = [fields?.get('ip'), Number(fields?.get('port'))]
  if (host === undefined || Number.isNaN(port)) return undefined
  return {
    host, port, configEpoch: fields?.get('config-epoch') ?? '?',
    quorum: numberOf(fields?.get('quorum')), downAfterMs: numberOf(fields?.get('down-after-milliseconds')),
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text)
}
