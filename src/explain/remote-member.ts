/** A member of a fleet from its replies, of ts-sentinel or of an original sentinel. */
import type { FleetSentinelJson, FleetViewJson, SentinelKind, Status } from '../documents/index.ts'
import { hostAndPort, isLoopback } from '../text/index.ts'
import { epochOf, findingsOf, numberOf } from './explanation-document.ts'
import type { FleetMember } from './fleet-document.ts'

type Entry = ReadonlyMap<string, string>

/** A sentinel that was asked. */
export interface AskedSentinel {
  readonly host: string
  readonly port: number
  readonly id: string | undefined
  readonly isSelf: boolean
  /** Masters for which another sentinel lists it. */
  readonly listedFor: ReadonlySet<string>
  /** Milliseconds since its answer, or since the attempt to get one. */
  readonly ageMs: number
}

/** Names and values of its replies. */
export interface RemoteReplies {
  /** INFO. */
  readonly info: Entry
  /** SENTINEL MASTERS. */
  readonly masters: readonly Entry[]
  /** SENTINEL EXPLAIN by name of the master; undefined: it has no such command. */
  readonly explained: ReadonlyMap<string, Entry> | undefined
  /** The text of SENTINEL CKQUORUM, by name of the master; absent where it has no such command. */
  readonly quorum: ReadonlyMap<string, string>
}

/** The original stays in TILT for 30 s. */
const TILT_MS = 30_000

/** A sentinel that did not answer, with the reason. */
export function silentMember(
  { host, port, id, isSelf, listedFor, ageMs }: AskedSentinel, problem: string,
): FleetMember {
  return {
    sentinel: {
      address: hostAndPort(host, port), id: id ?? null, isSelf, answers: false, problem, kind: null, version: null,
      page: null, tilt: null, tiltLeftMs: null, ageMs,
    },
    views: new Map(),
    listedFor,
  }
}

export function remoteMember(asked: AskedSentinel, replies: RemoteReplies): FleetMember {
  const { host, port, listedFor } = asked
  const address = hostAndPort(host, port)
  const views = replies.masters.map((master) => viewOf(address, master, replies))
  return {
    sentinel: sentinelOf(asked, replies),
    views: new Map(views.map((view, at) => [replies.masters[at]?.get('name') ?? '', view])),
    listedFor,
  }
}

function sentinelOf(
  { host, port, id, isSelf, ageMs }: AskedSentinel, { info, explained }: RemoteReplies,
): FleetSentinelJson {
  const isInTilt = info.get('sentinel_tilt') === '1'
  const ownVersion = info.get('ts_sentinel_version')
  return {
    address: hostAndPort(host, port),
    id: id ?? null,
    isSelf,
    answers: true,
    problem: null,
    kind: kindOf(ownVersion, explained),
    version: ownVersion ?? info.get('redis_version') ?? null,
    page: pageOf(info.get('ts_sentinel_http'), host),
    tilt: isInTilt,
    tiltLeftMs: isInTilt ? Math.max(0, TILT_MS - 1000 * Number(info.get('sentinel_tilt_since_seconds') ?? 0)) : null,
    ageMs,
  }
}

function kindOf(ownVersion: string | undefined, explained: RemoteReplies['explained']): SentinelKind {
  if (ownVersion === undefined) return 'original'
  return explained === undefined ? 'older' : 'ts-sentinel'
}

/**
 * The URL of the dashboard, as others open it: `*` stands for the host of the sentinel. Null where there is none,
 * and for an address of its own machine (127.0.0.1) where the sentinel has another one.
 */
export function pageOf(listen: string | undefined, host: string): string | null {
  const [, pageHost, port] = /^([\w.:*%[\]-]+):(\d{1,5})$/.exec(listen ?? '') ?? []
  if (pageHost === undefined || port === undefined) return null
  if (pageHost === '*') return `http://${hostAndPort(host, port)}/`
  return isLoopback(pageHost) && !isLoopback(host) ? null : `http://${pageHost}:${port}/`
}

function viewOf(sentinel: string, master: Entry, { explained, quorum }: RemoteReplies): FleetViewJson {
  const name = master.get('name') ?? ''
  const flags = (master.get('flags') ?? '').split(',')
  const check = quorum.get(name)
  const failover = master.get('failover-state') ?? null
  return {
    sentinel,
    address: hostAndPort(master.get('ip') ?? '', master.get('port') ?? ''),
    configEpoch: epochOf(master.get('config-epoch')) ?? 0,
    status: statusOf({ flags }),
    flags,
    failover,
    failoverEpoch: failover === null ? null : epochOf(explained?.get(name)?.get('failover-epoch')),
    replicas: numberOf(master.get('num-slaves')) ?? 0,
    sentinels: (numberOf(master.get('num-other-sentinels')) ?? 0) + 1,
    quorum: check === undefined ? null : { ok: check.startsWith('OK'), message: check },
    lastPingReplyMs: numberOf(master.get('last-ok-ping-reply')),
    findings: findingsOf(explained?.get(name) ?? new Map()),
  }
}

/** Whether an instance with these flags (protocol.md 2.3) is down. */
export function statusOf({ flags }: { readonly flags: readonly string[] }): Status {
  if (flags.includes('o_down')) return 'odown'
  return flags.includes('s_down') ? 'sdown' : 'ok'
}
