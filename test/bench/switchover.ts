/** What a switchover costs clients that write all the time: lost writes, READONLY errors, time without writes. */
import { setTimeout as delay } from 'node:timers/promises'

import {
  clock, eventually, notYet, withDeployment, type Deployment, type DeploymentOptions, type DeploymentTls,
  type SentinelKind, type TlsEndpoint,
} from '../../src/harness/index.ts'
import { contender, Figures, readOptions, wholeNumber } from './figures.ts'
import { IoredisWriter, TcpWriter } from './switchover-writers.ts'

const USAGE = `Measures switchovers under write load: two writers with ioredis and one with a bare TCP connection.

Options:
  --rounds <n>      rounds of each mode (default 10)
  --modes <list>    some of coordinated,plain (default coordinated,plain)
  --fleet <kind>    ours or mixed = two of ours and a genuine one (default ours)
  --tls <yes|no>    TLS for all connections (default no)
  --acl <yes|no>    the sentinels log in as a user with exactly the documented rules (default no)
  --out <file>      where the figures go as JSON`

/** docs/hardening.md, "Minimum permissions on data nodes". */
export const RULES = '-@all +multi +exec +slaveof +ping +info +publish +subscribe +config|rewrite +client|kill +client|setname'
  + ' +script|kill +failover +client|pause +client|unpause +replconf &__sentinel__:hello'

const options = readOptions(USAGE, { rounds: '10', modes: 'coordinated,plain', fleet: 'ours', tls: 'no', acl: 'no' })
const rounds = wholeNumber('rounds', options.rounds)
const kind = contender(options.fleet)
const figures = new Figures('switchover', [kind])
for (const mode of options.modes.split(',')) {
  if (mode !== 'coordinated' && mode !== 'plain') throw new Error(`--modes is a list of coordinated and plain, not ${mode}`)
  await withDeployment(deployed(), async (deployment) => { await measure(deployment, mode) })
}
figures.tell(`${rounds} rounds, ${options.fleet}, TLS ${options.tls}, ACL ${options.acl}`, options.out)

function deployed(): DeploymentOptions {
  const hasAcl = options.acl === 'yes'
  const sentinels = (['ours', kind === 'mixed' ? 'genuine' : 'ours', 'ours'] as const).map((program: SentinelKind) => program)
  return {
    replicas: 2, downAfterMs: 2000, sentinels, tls: options.tls === 'yes', folderPrefix: 'ts-sentinel-bench',
    ...hasAcl ? {
      redisConfig: [`user watcher on >watched ${RULES}`],
      sentinelConfig: ['sentinel auth-user mymaster watcher', 'sentinel auth-pass mymaster watched'],
    } : {},
  }
}

async function measure(deployment: Deployment, mode: 'coordinated' | 'plain'): Promise<void> {
  const given = {
    sentinels: deployment.sentinelAddresses,
    masterName: deployment.group.name,
    tls: deployment.tls === undefined ? undefined : endpointOf(deployment.tls),
  }
  const writers = [new IoredisWriter('i1', given), new IoredisWriter('i2', given), new TcpWriter('t1', given)]
  for (const writer of writers) {
    writer.key = 'w1'
    writer.start()
  }
  try {
    for (let round = 1; round <= rounds; round += 1) {
      await delay(1000 + Math.random() * 1000)
      await oneRound(deployment, { mode, round, writers })
    }
  } finally {
    await Promise.all(writers.map((writer) => writer.stop()))
  }
}

/** Names in certificates are not compared: the clients connect to addresses. */
function endpointOf({ ca, cert, key }: DeploymentTls): TlsEndpoint {
  return { ca: Buffer.from(ca), cert: Buffer.from(cert), key: Buffer.from(key), checkServerIdentity: () => undefined }
}

interface Round {
  readonly mode: 'coordinated' | 'plain'
  readonly round: number
  readonly writers: readonly (IoredisWriter | TcpWriter)[]
}

/** How long after the switch clients may still be away. */
const AFTER_MS = 1500

async function oneRound(deployment: Deployment, { mode, round, writers }: Round): Promise<void> {
  const { timeline, sentinels, group } = deployment
  const { position } = timeline
  const refusalsBefore = writers.map(({ refusals }) => refusals.length)
  // The genuine one does not know the option.
  const ours = sentinels.filter((sentinel) => sentinel.kind === 'ours')
  const orderedAt = clock()
  await ours[round % ours.length]?.call(['SENTINEL', 'FAILOVER', group.name, ...mode === 'coordinated' ? ['COORDINATED'] : []])
  await Promise.all(sentinels.map(({ name }) => timeline.waitFor({ source: name, event: '+switch-master', after: position }, 60_000)))
  const switchedMs = clock() - orderedAt
  await settled(deployment)
  await delay(AFTER_MS)
  const key = `w${round}`
  for (const writer of writers) writer.key = `w${round + 1}`
  await delay(300)
  // Before the set is read: a write that waited until then is none that was acknowledged and lost.
  const of = writers.map(({ acknowledged }) => acknowledged.filter((write) => write.key === key))
  const readAt = clock()
  const master = await deployment.currentMaster()
  const kept = new Set(await master.call(['SMEMBERS', key]) as string[])
  const lost = of.flat().filter(({ id }) => !kept.has(id)).length
  const outages = writers.map(({ acknowledged }) => {
    const times = acknowledged.map(({ at }) => at).filter((at) => at >= orderedAt - 200 && at <= readAt)
    return longestGap([...times, readAt])
  })
  const readonly = writers.map(({ refusals }, at) => refusals.length - (refusalsBefore[at] ?? 0))
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  figures.add(`${mode}: writes lost`, kind, lost)
  figures.add(`${mode}: READONLY errors`, kind, sum(readonly))
  figures.add(`${mode}: ioredis without writes, ms`, kind, Math.max(...outages.slice(0, 2)))
  figures.add(`${mode}: bare TCP without writes, ms`, kind, outages[2] ?? Number.NaN)
  figures.add(`${mode}: +switch-master on all, ms`, kind, switchedMs)
  console.log(`${mode}, round ${round}: ${lost} of ${of.flat().length} writes lost, ${sum(readonly)} READONLY,`
    + ` without writes ${outages.map((ms) => ms.toFixed(0)).join(', ')} ms, switched after ${switchedMs.toFixed(0)} ms`)
}

function longestGap(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((at, before) => at - (times[before] ?? at)))
}

/** All others follow the new master, so that the next round has candidates. */
async function settled(deployment: Deployment): Promise<void> {
  await eventually('the replicas to follow the new master', async () => {
    const facts = await Promise.all(deployment.nodes.map((node) => node.replication()))
    if (facts.filter(({ role }) => role === 'master').length !== 1) throw notYet('not one master')
    if (facts.some(({ role, linkUp }) => role !== 'master' && !linkUp)) throw notYet('a link is down')
  }, { timeoutMs: 60_000, everyMs: 20 })
}
