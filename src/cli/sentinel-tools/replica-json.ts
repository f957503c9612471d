/** A replica of SENTINEL REPLICAS in the form of the JSON documents. */
import type { ReplicaJson, Status } from '../../documents/index.ts'
import { addressOf, flagsOf, type Entry } from './sentinel-facts.ts'
import { addressText } from '../../explain/index.ts'

export function replicaJson(entry: Entry): ReplicaJson {
  const flags = flagsOf(entry)
  const host = entry.get('master-host') ?? '?'
  return {
    name: entry.get('name') ?? '',
    address: addressOf(entry),
    runId: entry.get('runid') ?? '',
    status: statusOf(flags),
    flags,
    downMs: flags.includes('s_down') ? numberIn(entry, 's-down-time') : null,
    lastPingReplyMs: numberIn(entry, 'last-ok-ping-reply'),
    replicationLinkUp: entry.get('master-link-status') === 'ok',
    replicationLinkDownMs: entry.get('master-link-down-time')?.startsWith('-') === true ? null : numberIn(entry, 'master-link-down-time'),
    replicatesFrom: host === '?' || host === '' ? null : addressText({ host, port: entry.get('master-port') ?? '' }),
    role: entry.get('role-reported') === 'master' ? 'master' : 'slave',
    priority: numberIn(entry, 'slave-priority'),
    offset: entry.get('slave-repl-offset') ?? '0',
    lagBytes: null,
    infoAgeMs: numberIn(entry, 'info-refresh'),
  }
}

function statusOf(flags: readonly string[]): Status {
  return flags.includes('s_down') ? 'sdown' : 'ok'
}

/** 0 where an original sentinel reports no number. */
function numberIn(entry: Entry, field: string): number {
  const number = Number(entry.get(field))
  return Number.isFinite(number) ? Math.max(0, number) : 0
}
