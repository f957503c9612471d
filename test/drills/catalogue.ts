/** Ten troubles, and what the first line of every screen must name in each. */
import { readFileSync, writeFileSync } from 'node:fs'

import {
  eventually, formatAddress, killMaster, notYet, ourSentinel, pointReplicaTo, startDeployment,
  type Address, type Deployment, type DeploymentOptions,
} from '../../src/harness/index.ts'
import { canHaveNames, NamedHosts } from '../integration/support/named-hosts.ts'
import { shiftClock, withMovableClock } from './clock-shift.ts'
import { canMount, fillDisk, onSmallDisk } from './full-disk.ts'

/** What must be read. */
export interface Expected {
  /** In the first line of every sentinel that runs. */
  readonly cause: RegExp
  /** In what stands below it: what to do, and the command. */
  readonly remedy: RegExp
  /** In the summary of an alert. */
  readonly alert: RegExp
  /** Sentinels that do not run: asked, they can only be found dead. */
  readonly dead?: readonly number[]
}

/** Registers what runs at the end of the trouble; the last one runs first. */
export type Defer = (clean: () => Promise<unknown> | void) => void

export interface Staging {
  readonly options: DeploymentOptions
  /** Causes the trouble in a healthy deployment. */
  readonly befall: (deployment: Deployment) => Promise<Expected>
}

export interface Trouble {
  /** The name for `--only`. */
  readonly name: string
  readonly title: string
  readonly stage: (defer: Defer) => Staging
  /** How long it lasts when the alerts are read. */
  readonly alertAfterMinutes: number
  /** For so long the first lines must stay. Default: HOLD_MS of run-trouble.ts. */
  readonly holdMs?: number
  /** What is missing here to stage it; undefined or absent: nothing. */
  readonly missing?: () => string | undefined
}

const COMMON: DeploymentOptions = { replicas: 2, sentinels: 3, failoverTimeoutMs: 4000, folderPrefix: 'ts-sentinel-drill' }

const NAMESPACE = 'a mount namespace of its own (root)'

/** The first replica is the one to promote. */
const PREFERRED: DeploymentOptions['replicas'] = [{ priority: 10 }, {}]

export const TROUBLES: readonly Trouble[] = [
  {
    name: 'denied-slaveof', title: 'an ACL denies SLAVEOF on the replica to promote, the master is killed',
    alertAfterMinutes: 2, holdMs: 20_000,
    stage: () => ({ options: { ...COMMON, replicas: PREFERRED }, befall: denySlaveof }),
  },
  {
    name: 'denied-slaveof-original', title: 'the same, with an original sentinel among three',
    alertAfterMinutes: 2, holdMs: 20_000,
    stage: () => ({
      options: { ...COMMON, replicas: PREFERRED, sentinels: ['ours', 'ours', 'genuine'] }, befall: denySlaveofBesideOriginal,
    }),
  },
  {
    name: 'wrong-password', title: 'one replica has another password', alertAfterMinutes: 2,
    stage: () => ({ options: { ...COMMON, password: 'secret' }, befall: changePassword }),
  },
  {
    name: 'no-quorum', title: 'two of three sentinels are killed, then the master', alertAfterMinutes: 2,
    stage: () => ({ options: COMMON, befall: loseQuorum }),
  },
  {
    name: 'split-sentinels', title: 'the sentinels do not reach each other, the master is killed', alertAfterMinutes: 2,
    stage: () => ({ options: { ...COMMON, network: 'relayed' }, befall: splitSentinels }),
  },
  {
    name: 'priority-zero', title: 'all replicas have priority 0, the master is killed', alertAfterMinutes: 2,
    stage: () => ({
      options: { ...COMMON, replicas: [{ priority: 0 }, { priority: 0 }] }, befall: killWithoutCandidate,
    }),
  },
  {
    name: 'tilt', title: 'a sentinel is stopped for some seconds', alertAfterMinutes: 0.25,
    stage: () => ({ options: COMMON, befall: stopForSeconds }),
  },
  {
    name: 'full-disk', title: 'the disk of a sentinel is full', alertAfterMinutes: 2,
    missing: () => canMount() ? undefined : NAMESPACE,
    stage: () => ({ options: { ...COMMON, sentinels: [onSmallDisk(ourSentinel()), 'ours', 'ours'] }, befall: fillFirstDisk }),
  },
  {
    name: 'dns-dead', title: 'no host name can be resolved', alertAfterMinutes: 4,
    missing: () => canHaveNames() ? undefined : NAMESPACE,
    stage: loseNames,
  },
  {
    name: 'cut-off', title: 'one sentinel does not reach the master', alertAfterMinutes: 3,
    stage: () => ({ options: { ...COMMON, network: 'relayed' }, befall: cutFromMaster }),
  },
  {
    name: 'clock-jump', title: 'the clock of a sentinel jumps by an hour', alertAfterMinutes: 0.25,
    stage: () => ({ options: { ...COMMON, sentinels: [withMovableClock(ourSentinel()), 'ours', 'ours'] }, befall: moveFirstClock }),
  },
  {
    name: 'foreign-node', title: 'a replica follows the master of another deployment', alertAfterMinutes: 2,
    stage: (defer) => ({ options: COMMON, befall: (deployment) => pointElsewhere(deployment, defer) }),
  },
]

async function denySlaveof(deployment: Deployment): Promise<Expected> {
  const node = deployment.node(1)
  await node.call(['ACL', 'SETUSER', 'default', '-slaveof', '-replicaof'])
  await killMaster(deployment)
  return {
    cause: new RegExp(`${at(node)}, the replica to promote, refuses SLAVEOF.*NOPERM`), remedy: /ACL SETUSER default .*\+slaveof/,
    alert: new RegExp(`The replica to promote refuses the order of the sentinels: ${at(node)} \\(permission\\)`),
  }
}

/** Where the original leads, only its log has the reason; one of ours that leads the next attempt learns it. */
async function denySlaveofBesideOriginal(deployment: Deployment): Promise<Expected> {
  const { cause, remedy, alert } = await denySlaveof(deployment)
  const original = at(deployment.sentinel(2))
  return {
    cause: new RegExp(`${cause.source}|The original sentinel ${original} leads the failover, or did last`),
    remedy: new RegExp(`${remedy.source}|Its log has the reason`), alert,
  }
}

async function changePassword({ nodes: [, node] }: Deployment): Promise<Expected> {
  if (node === undefined) throw new Error('no replica')
  await node.stop()
  writeFileSync(node.configFile, readFileSync(node.configFile, 'utf8').replace(/^requirepass .*$/m, 'requirepass other'))
  await node.start()
  return {
    cause: new RegExp(`${at(node)}, a replica, refuses the login of user default: "WRONGPASS`),
    remedy: /ACL SETUSER default on .?>PASSWORD/, alert: new RegExp(`A password is wrong: replica ${at(node)}`),
  }
}

async function loseQuorum(deployment: Deployment): Promise<Expected> {
  const gone = [deployment.sentinel(1), deployment.sentinel(2)]
  for (const sentinel of gone) await sentinel.kill()
  await deployment.node(0).kill()
  return {
    cause: new RegExp(`No failover is possible: only 1 of 3 sentinels .*${at(deployment.sentinel(2))}`),
    remedy: /Start those sentinels/, alert: /Too few sentinels are left \(.*, .* are gone\) to replace the master/, dead: [1, 2],
  }
}

async function splitSentinels(deployment: Deployment): Promise<Expected> {
  deployment.network?.split(...deployment.sentinels.map(({ name }) => [name]))
  await deployment.node(0).kill()
  const others = deployment.sentinels.map(at).join('|')
  return {
    cause: new RegExp(`No failover is possible: .*only 1 of 3 sentinels .*(${others}).*(${others})`),
    remedy: /repair the network/, alert: /The sentinels do not reach each other, so too few are left to replace the master/,
  }
}

async function killWithoutCandidate(deployment: Deployment): Promise<Expected> {
  await killMaster(deployment)
  return {
    cause: /All replicas have replica-priority 0, so none can be promoted: no failover is possible/, remedy: /CONFIG SET replica-priority 100/,
    alert: /No replica can be promoted \(.*replica_priority_zero\)/,
  }
}

async function stopForSeconds(deployment: Deployment): Promise<Expected> {
  const sentinel = deployment.sentinel(0)
  sentinel.pause()
  // It is down for the others after down-after-milliseconds; TILT begins where it was stopped for more than 2 s.
  const from = performance.now()
  await eventually('the others to miss it for 4 s', async () => {
    const seen = await deployment.sentinel(1).sentinels(deployment.group.name)
    if (performance.now() - from < 4000 || !seen.some(({ flags }) => flags?.includes('s_down') === true)) throw notYet('not yet')
  })
  sentinel.resume()
  return {
    cause: new RegExp(`(${at(sentinel)}|This sentinel) will not act for another .*TILT: the process did not run for .*2 others can`),
    remedy: /ends by itself.*CPU/, alert: /The process of .* was stopped: this sentinel is in TILT/,
  }
}

async function fillFirstDisk(deployment: Deployment): Promise<Expected> {
  const sentinel = deployment.sentinel(0)
  fillDisk(sentinel)
  // A full disk is noticed when something is saved, as in every failover.
  await sentinel.call(['SENTINEL', 'FLUSHCONFIG']).catch(() => undefined)
  return {
    cause: new RegExp(`(${at(sentinel)}|This sentinel) cannot save its configuration file .*No space left on device`),
    remedy: /Make room on the disk/, alert: /The disk of .* is full/,
  }
}

/** Every redis-server has a name and an address; what a name server does not answer, nobody can look up. */
function loseNames(defer: Defer): Staging {
  const numbers = [0, 1, 2]
  const names = Object.fromEntries(numbers.map((number) => [`redis-${number}.test`, `127.0.24.${number + 1}`]))
  const hosts = new NamedHosts({ ...names, 'sentinel.test': '127.0.0.1' })
  defer(() => { hosts.remove() })
  const [node = {}, ...replicas] = numbers.map((number) => ({ config: [`bind 127.0.0.1 127.0.24.${number + 1}`] }))
  return {
    options: {
      ...COMMON, masters: [{ name: 'mymaster', node, replicas }],
      sentinelConfig: ['sentinel resolve-hostnames yes', 'sentinel announce-hostnames yes'],
      sentinels: numbers.map(() => hosts.program('ours')), programs: { redisServer: hosts.redisServer },
      hostName: (process) => process.startsWith('redis-') ? `${process}.test` : 'sentinel.test',
    },
    befall: () => {
      hosts.forgetAll()
      return Promise.resolve({ cause: /cannot resolve .*\.test/, remedy: /Repair the name service/, alert: /DNS fails: / })
    },
  }
}

function cutFromMaster({ network, sentinels: [sentinel], nodes: [master] }: Deployment): Promise<Expected> {
  if (network === undefined || sentinel === undefined || master === undefined) throw new Error('not relayed')
  network.silence(sentinel.name, master.name)
  network.silence(master.name, sentinel.name)
  return Promise.resolve({
    cause: new RegExp(`(${at(sentinel)}|[Tt]his sentinel) .*not reach.* the master ${at(master)}`),
    remedy: /Repair the network between .* and the master/, alert: /The network between the sentinel .* is cut/,
  })
}

function moveFirstClock({ sentinels: [sentinel] }: Deployment): Promise<Expected> {
  if (sentinel === undefined) throw new Error('no sentinel')
  shiftClock(sentinel.configFile, 3_600_000)
  return Promise.resolve({
    cause: new RegExp(`(${at(sentinel)}|This sentinel) will not act for another .*TILT: its clock jumped forward by .*2 others can`),
    remedy: /time synchronisation/, alert: /The clock of .* jumped: this sentinel is in TILT/,
  })
}

async function pointElsewhere(deployment: Deployment, defer: Defer): Promise<Expected> {
  const other = await startDeployment({ ...COMMON, replicas: 1, sentinels: 1 })
  defer(() => other.stop())
  for (const [{ nodes: [master] }, owner] of [[deployment, 'ours'], [other, 'theirs']] as const) await master?.call(['SET', 'owner', owner])
  const [, node] = deployment.nodes
  if (node === undefined) throw new Error('no replica')
  await pointReplicaTo(deployment, node, other.node(0).address)
  return {
    cause: new RegExp(`${at(node)} follows ${at(other.node(0))} and holds the data of another deployment`),
    remedy: /REPLICAOF/, alert: /1 node of mymaster holds the data of another deployment/,
  }
}

function at({ address }: { readonly address: Address }): string {
  return formatAddress(address)
}
