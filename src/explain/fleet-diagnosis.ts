/** What several sentinels know about one master, merged into one list of findings. */
import { count } from '../text/index.ts'
import { finding } from './case.ts'
import { compareEpochs } from './compare-epochs.ts'
import { ordered } from './diagnosis.ts'
import { durationText } from './duration-text.ts'
import type { Finding } from './finding.ts'

/** What one sentinel says about a master, or that it does not answer. */
export interface MemberReport {
  /** `host:port` of the sentinel. */
  readonly address: string
  /** Whether it is the one that was asked first, whose own view the reader sees otherwise. */
  readonly isSelf: boolean
  readonly id: string | undefined
  /** `older`: a ts-sentinel that reports no findings; `original`: a redis-sentinel or a Valkey sentinel. */
  readonly kind: 'ours' | 'older' | 'original'
  /** Undefined: it does not answer, because of `problem`. */
  readonly view: MemberView | undefined
  /** Why it does not answer, such as `connection refused`. */
  readonly problem: string | undefined
}

export interface MemberView {
  /** Address of its master, `host:port`. */
  readonly master: string
  readonly configEpoch: number | string | undefined
  /** Flags of SENTINEL MASTER. */
  readonly flags: readonly string[]
  /** For how long it will stay in TILT, in milliseconds; undefined: it is not in TILT. */
  readonly tiltLeftMs: number | undefined
  /** It leads a failover now. */
  readonly isLeading: boolean
  /** Epoch of that failover; undefined where it leads none or does not report it (original sentinels). */
  readonly leadingEpoch?: number | string | undefined
  readonly findings: readonly Finding[]
}

type Answering = MemberReport & { readonly view: MemberView }

/** The findings of all sentinels: the cause first, each once. Empty: all is well. */
export function diagnoseFleet(reports: readonly MemberReport[]): readonly Finding[] {
  const answering = reports.filter((report): report is Answering => report.view !== undefined)
  // The leader knows why a failover does not end, of two leaders that of the higher epoch, and the reader knows the
  // asked sentinel.
  const ranked = answering.toSorted((a, b) => rank(a) - rank(b) || compareEpochs(epochOf(b), epochOf(a)))
  const own = consistent(ranked.flatMap((report) => findingsOf(report, answering)), answering)
  return ordered(unique([
    ...tiltOfSeveral(reports, answering), ...own, ...disagreements(answering), ...silentMembers(reports, own),
  ]))
}

/** Sentinels differ for a moment; those that know more are right. */
function consistent(findings: readonly Finding[], answering: readonly Answering[]): readonly Finding[] {
  const leaders = answering.filter(({ view }) => view.isLeading)
  const outdated = new Set([
    ...leaders.length > 0 ? ['failover-elsewhere', 'failover-waits'] : [],
    ...findings.some(({ code }) => code === 'master-down') ? ['master-unreachable'] : [],
  ])
  // An original sentinel that leads says nothing else about its failover.
  const isOfOriginal = ({ code, about }: Finding): boolean => (
    code === 'failover-elsewhere' && leaders.some(({ kind, address }) => kind === 'original' && address === about)
  )
  return findings.filter((one) => !outdated.has(one.code) || isOfOriginal(one))
}

function rank({ isSelf, view: { isLeading } }: Answering): number {
  return isLeading ? 0 : isSelf ? 1 : 2
}

function epochOf({ view: { leadingEpoch = 0 } }: Answering): number | string {
  return leadingEpoch
}

/** What a failover would need is not needed while most sentinels see the master up. */
const OF_A_DEAD_MASTER: ReadonlySet<string> = new Set([
  'master-down', 'master-unreachable', 'no-quorum', 'no-majority', 'failover-elsewhere', 'failover-waits',
])

function findingsOf(report: Answering, answering: readonly Answering[]): readonly Finding[] {
  const said = report.view.findings.flatMap((one) => inFleet(report, one, answering))
  const up = answering.filter((one) => reachesMaster(one) && one.view.master === report.view.master).length
  if (!seesDown(report) || up * 2 <= answering.length) return said
  return [
    ...said.some(({ code }) => code === 'master-unreachable-here') ? [] : [cutOff(report, up)],
    ...said.filter(({ code }) => !OF_A_DEAD_MASTER.has(code)).map((one): Finding => (
      one.severity === 'critical' ? { ...one, severity: 'warning' } : one
    )),
  ]
}

function seesDown({ view: { flags } }: Answering): boolean {
  return flags.includes('s_down')
}

/** It is not silent for this sentinel either. */
function reachesMaster(one: Answering): boolean {
  return !seesDown(one) && !one.view.findings.some(({ code }) => code === 'master-unreachable')
}

function cutOff({ address, view: { master } }: Answering, up: number): Finding {
  const others = `${count(up, 'other sentinel')} ${up === 1 ? 'does' : 'do'}`
  return finding('warning', 'master-unreachable-here', `${address} does not reach the master ${master}; ${others}, so there is no failover.`, {
    about: master, remedy: `Repair the network between ${address} and ${master}.`,
  })
}

/** Codes that tell the state of one sentinel. */
const OF_ITSELF: ReadonlySet<string> = new Set(['tilt', 'config-not-saved'])

/** Codes that depend on where a sentinel stands: named with it, unless most sentinels say the same. */
const OF_ITS_VIEW: ReadonlySet<string> = new Set(['no-quorum', 'no-majority', 'quorum-too-high', 'few-sentinels', 'no-spare-sentinel', 'paused'])

/** One finding of a sentinel in the list of all; none where another finding says it better. */
function inFleet(report: Answering, one: Finding, answering: readonly Answering[]): Finding[] {
  const { address, view } = report
  if (one.code === 'tilt' && answering.filter(isTilted).length > 1) return []
  if (one.code === 'failover-elsewhere') {
    const leader = answering.find((other) => other.address === one.about)
    // One of ours reports itself how its failover goes.
    if (leader !== undefined) return leader.kind === 'original' ? [ledByOriginal(leader)] : []
  }
  if (one.code === 'name-not-resolved') return [unresolved(report, one, answering)]
  if (one.code === 'sentinel-down' && answering.some((other) => other.address === one.about)) return [betweenSentinels(report, one)]
  const lead = view.isLeading && one.code === 'promotion-refused' && !report.isSelf ? leadText(report) : ''
  const isItsOwn = OF_ITS_VIEW.has(one.code) && countAlike(one, answering) * 2 <= answering.length
  return [{
    ...one,
    text: `${lead}${isItsOwn ? `${address}: ` : ''}${named(report, one.text)}`,
    remedy: one.remedy === undefined ? undefined : named(report, one.remedy),
    about: OF_ITSELF.has(one.code) ? address : one.about,
  }]
}

function leadText({ address, view: { leadingEpoch } }: Answering): string {
  return `${address} leads the failover${leadingEpoch === undefined ? '' : ` of epoch ${leadingEpoch}`}: `
}

/** How many sentinels report a finding of the same code. */
function countAlike({ code }: Finding, answering: readonly Answering[]): number {
  return answering.filter(({ view: { findings } }) => findings.some((one) => one.code === code)).length
}

/** The replies of an original sentinel have its phase, and no reasons. */
function ledByOriginal({ address }: Answering): Finding {
  return finding('critical', 'failover-elsewhere',
    `The original sentinel ${address} leads the failover, or did last, and does not report why it does not end.`, {
      about: address,
      remedy: 'Its log has the reason of each attempt; ACL LOG of the replica to promote shows a command that was refused. The next'
        + ' ts-sentinel that leads an attempt reports the reason here.',
    })
}

/** Where several sentinels cannot resolve names, the name service that they share fails. */
function unresolved(report: Answering, one: Finding, answering: readonly Answering[]): Finding {
  const alike = countAlike(one, answering)
  if (alike === 1) return { ...one, text: named(report, one.text) }
  return {
    ...one,
    text: one.text.replace('This sentinel', `${alike} of ${count(answering.length, 'sentinel')}`),
    remedy: 'Repair the name service that these sentinels use, or correct the name.',
    about: undefined,
  }
}

/** In a list of all sentinels, `this sentinel` is the one that was asked. */
function named({ address, isSelf }: Answering, text: string): string {
  return isSelf ? text : text.replaceAll(/\b[Tt]his sentinel\b/g, address)
}

function betweenSentinels({ address }: Answering, { about = '' }: Finding): Finding {
  return finding('warning', 'sentinel-down', `${address} does not reach the sentinel ${about}, which answers here.`, {
    about, remedy: `Repair the network between ${address} and ${about}.`,
  })
}

function isTilted({ view: { tiltLeftMs } }: Answering): boolean {
  return tiltLeftMs !== undefined
}

/** Each sentinel in TILT counts on the others, so several are told together. */
function tiltOfSeveral(reports: readonly MemberReport[], answering: readonly Answering[]): Finding[] {
  const tilted = answering.filter(isTilted)
  if (tilted.length < 2) return []
  const able = answering.length - tilted.length
  const isEnough = able * 2 > reports.length
  const longest = Math.max(...tilted.map(({ view: { tiltLeftMs = 0 } }) => tiltLeftMs))
  const text = `${tilted.map(({ address }) => address).join(', ')} will not act for another ${durationText(longest)} (TILT); ${able} of`
    + ` ${count(reports.length, 'sentinel')} can${isEnough ? '' : ', which is no majority: no failover is possible until then'}.`
  return [finding(answering.some(seesDown) && !isEnough ? 'critical' : 'warning', 'tilt', text, {
    about: tilted[0]?.address, remedy: 'It ends by itself. Look at time synchronisation, CPU and swapping of these machines.',
  })]
}

/** The same trouble of the same node is told once, as the first sentinel words it. */
function unique(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>()
  return findings.filter(({ code, about }) => {
    const key = `${code} ${about ?? ''}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Sentinels whose masters differ. Under different configuration epochs, the higher one wins within seconds. */
function disagreements(answering: readonly Answering[]): Finding[] {
  const masters = new Map<string, string[]>()
  for (const { address, view: { master } } of answering) masters.set(master, [...masters.get(master) ?? [], address])
  if (masters.size < 2) return []
  const epochs = new Set(answering.map(({ view: { configEpoch } }) => configEpoch))
  const views = [...masters].map(([master, who]) => `${who.join(', ')} ${who.length === 1 ? 'has' : 'have'} ${master}`)
  return [finding(epochs.size > 1 ? 'warning' : 'critical', 'sentinels-disagree', `The sentinels have different masters: ${views.join('; ')}.`, {
    remedy: 'After a failover they agree within seconds. If this lasts, correct the monitor line of the wrong ones.',
  })]
}

/** Sentinels that do not answer, unless the others say that already. */
function silentMembers(reports: readonly MemberReport[], findings: readonly Finding[]): Finding[] {
  const silent = reports.filter(({ view }) => view === undefined)
  const answer = `${reports.length - silent.length} of ${count(reports.length, 'sentinel')} answer`
  return silent
    .filter(({ address }) => !findings.some(({ about, code }) => about === address && code === 'sentinel-down'))
    .map(({ address, problem }) => finding('warning', 'sentinel-unreachable',
      `The sentinel ${address} does not answer${problem === undefined ? '' : ` (${problem})`}; ${answer}.`,
      { about: address, remedy: 'Start it, or repair the network to it.' }))
}
