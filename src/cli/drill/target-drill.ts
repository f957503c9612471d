import { randomBytes } from 'node:crypto'

import {
  clock, CommandConnection, countFailovers, failoverProblem, failoverTimes, formatAddress, messageOf, plainWriter,
  WatchedFleet, writeFigures,
  NO_TIMES, NO_WRITES,
  serverVersion,
  type Address, type Endpoint, type ScenarioFault, type ScenarioResult, type ScenarioSetup, type Timeline,
  type VerifiedReport, type Writer,
} from '../../harness/index.ts'
import { count } from '../../text/index.ts'
import { loadTlsFiles } from '../connection/tls-files.ts'
import { checkTarget } from './check-target.ts'
import { DrillUsageError, type TargetDrill, type TargetProxy } from './options.ts'
import type { DrillWorld } from './drill-world.ts'

/** Prefix of the keys that the drill writes and removes at its end. */
const KEY_PREFIX = 'ts-sentinel:drill:'

/** Lifetime of a key in seconds, longer than any drill. */
const KEY_SECONDS = 3_600

const SCENARIO = 'planned-failover'

/**
 * Orders a failover of one master of a running deployment, after a confirmation, and observes it.
 *
 * @throws Error when it is not confirmed, or when the deployment is not ready for it; nothing was changed then
 */
export async function drillTarget(options: TargetDrill, world: DrillWorld): Promise<ScenarioResult> {
  const { sentinel, masterName, login } = options
  const { tls, ...names } = login
  const secured = tls === undefined ? {} : { tls: loadTlsFiles(tls) }
  const proxy = await checkTarget(options)
  const fleet = await WatchedFleet.watch({ sentinel, masterName, ...names, ...secured })
  try {
    const old = await checkReady(fleet)
    await confirm(options, world, old, fleet)
    return await failOver(fleet, old, { ...options, proxy })
  } finally {
    await fleet.stop()
  }
}

/**
 * Checks that a failover is possible. @returns the address of the master @throws Error with the reason when it is not
 */
async function checkReady(fleet: WatchedFleet): Promise<Address> {
  const { flags = '', ip = '', port = '' } = await fleet.master()
  if (flags !== 'master') throw new Error(`${fleet.masterName} has the flags ${flags}: no failover is possible now`)
  const quorum = String(await fleet.call(['SENTINEL', 'CKQUORUM', fleet.masterName]))
  if (!quorum.startsWith('OK')) throw new Error(`SENTINEL CKQUORUM ${fleet.masterName} answered: ${quorum}`)
  const fit = (await fleet.replicas()).filter((replica) => (
    replica['flags'] === 'slave' && replica['master-link-status'] === 'ok' && replica['slave-priority'] !== '0'
  ))
  if (fit.length === 0) throw new Error(`${fleet.masterName} has no healthy replica that can be promoted`)
  return { host: ip, port: Number(port) }
}

async function confirm(options: TargetDrill, world: DrillWorld, old: Address, fleet: WatchedFleet): Promise<void> {
  const { masterName, confirmed } = options
  const needed = `--yes-fail-over-${masterName}`
  if (confirmed === masterName) return
  if (confirmed !== undefined) throw new DrillUsageError(`--yes-fail-over-${confirmed} does not match --master ${masterName}`)
  if (world.ask === undefined) throw new DrillUsageError(`the drill fails over ${masterName} at ${formatAddress(old)}: confirm with ${needed}`)
  const answer = await world.ask([
    `This orders a failover of ${masterName}, now at ${formatAddress(old)}, monitored by ${count(fleet.sentinels.length, 'sentinel')}.`,
    'Its clients lose their connections. Type the name of the master to continue: ',
  ].join('\n'))
  if (answer.trim() !== masterName) throw new DrillUsageError('the failover was not confirmed; nothing was changed')
}

async function failOver(fleet: WatchedFleet, old: Address, options: TargetDrill): Promise<ScenarioResult> {
  const key = `${KEY_PREFIX}${randomBytes(8).toString('hex')}`
  const { proxy } = options
  const writer = options.write ? await startWriter(fleet, old, key, proxy) : undefined
  const setup = await setupOf(fleet, old, proxy)
  const startedAt = clock()
  const problems: string[] = []
  let fault: ScenarioFault | undefined
  let report: VerifiedReport | undefined
  let master = old
  let agree = false
  try {
    fault = begin(fleet.timeline, options.masterName)
    await fleet.call(['SENTINEL', 'FAILOVER', fleet.masterName])
    master = await fleet.waitUntilAgreed(old, options.limitMs)
    agree = true
    await writer?.nextAcknowledged(options.limitMs)
    report = await writer?.verify({ call: (command) => fleet.callNode(master, command) })
    if (report?.recovered === false) problems.push('the client did not write again after the failover')
  } catch (error) {
    problems.push(messageOf(error))
  }
  const { entries } = fleet.timeline
  const surplus = failoverProblem(entries, { least: agree ? 1 : 0, most: 1 }, fleet.masterName)
  if (surplus !== undefined) problems.push(surplus)
  if (writer !== undefined) problems.push(...await removeKey(fleet, writer, key))
  const writers = writer === undefined ? [] : [[fleet.masterName, writer] as const]
  const verified = writer === undefined || report === undefined ? [] : [{ writer, report }]
  return {
    scenario: SCENARIO,
    title: `SENTINEL FAILOVER of ${fleet.masterName}, from ${formatAddress(old)} to ${formatAddress(master)}`,
    verdict: problems.length === 0 ? 'passed' : 'failed',
    ...(problems.length > 0 && { problem: problems.join('; ') }),
    setup,
    sentinels: fleet.sentinels.map(formatAddress).join(', '),
    startedAt,
    durationMs: clock() - startedAt,
    ...(fault !== undefined && { faultAt: fault.at }),
    times: fault === undefined ? NO_TIMES : failoverTimes(fleet.timeline, fault, fleet.masterName),
    failovers: countFailovers(entries, fleet.masterName),
    expectedFailovers: { least: 1, most: 1 },
    writes: writers.length === 0 ? NO_WRITES : writeFigures(new Map(writers), verified),
    agree,
    timeline: entries,
  }
}

async function setupOf(fleet: WatchedFleet, master: Address, proxy: TargetProxy | undefined): Promise<ScenarioSetup> {
  const fields = await fleet.master()
  const number = (name: string): number => Number(fields[name] ?? '0')
  return {
    redisVersion: serverVersion(await infoOf(fleet, master)),
    sentinels: fleet.sentinels.length, replicas: number('num-slaves'), quorum: number('quorum'),
    downAfterMs: number('down-after-milliseconds'), failoverTimeoutMs: number('failover-timeout'),
    ...(proxy !== undefined && { proxy: { address: { host: proxy.host, port: proxy.port } } }),
  }
}

/** The user of the drill needs no right to INFO. */
async function infoOf(fleet: WatchedFleet, master: Address): Promise<string> {
  try {
    return String(await fleet.callNode(master, ['INFO', 'server']))
  } catch (error) {
    return `unknown: ${messageOf(error)}`
  }
}

/**
 * The key also expires, because a drill that is killed cannot remove it.
 *
 * @throws Error when the proxy leads to another master; nothing is left there
 */
async function startWriter(
  fleet: WatchedFleet, master: Address, key: string, proxy: TargetProxy | undefined,
): Promise<Writer> {
  const through = proxy && endpointOf(proxy)
  const writer = await fleet.startWriter({ key, ...(through !== undefined && plainWriter(through)) })
  try {
    const found = await fleet.callNode(master, ['EXPIRE', key, String(KEY_SECONDS)])
    if (through === undefined || found === 1) return writer
    throw new Error(`the proxy at ${formatAddress(through)} leads to another master than ${fleet.masterName} at ${formatAddress(master)}: `
      + 'what is written through it is not there; nothing was changed')
  } catch (error) {
    await removeKey(fleet, writer, key)
    if (through !== undefined) await removeThrough(through, key)
    throw error
  }
}

function endpointOf({ host, port, user, password, tls }: TargetProxy): Endpoint {
  return {
    host, port,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    ...(tls !== undefined && { tls: loadTlsFiles(tls) }),
  }
}

async function removeThrough(proxy: Endpoint, key: string): Promise<void> {
  const connection = new CommandConnection(proxy)
  try {
    await connection.call(['DEL', key])
  } finally {
    connection.close()
  }
}

function begin(timeline: Timeline, masterName: string): ScenarioFault {
  const { position } = timeline
  return { at: timeline.mark('drill', 'fault: SENTINEL FAILOVER', masterName).at, position }
}

/** Removes the key on the present master; replicas follow. @returns the problems */
async function removeKey(fleet: WatchedFleet, writer: Writer, key: string): Promise<string[]> {
  await writer.stop()
  try {
    const { ip = '', port = '' } = await fleet.master()
    await fleet.callNode({ host: ip, port: Number(port) }, ['DEL', key])
    return []
  } catch (error) {
    return [`the key ${key} could not be removed: ${messageOf(error)}`]
  }
}
