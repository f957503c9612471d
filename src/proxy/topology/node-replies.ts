/** Reads the replies of sentinels and nodes. Pure: what cannot be read is undefined. */
import type { Reply } from '../../core/index.ts'
import { hostAndPort } from '../../text/index.ts'
import type { Opinion } from './belief.ts'
import type { ReplicaReport } from './replica-service.ts'
import type { NodeAddress } from './topology.ts'

const PORT = /^[1-9]\d{0,4}$/
const HOST_CHARS_MAX = 255

/** The reply to SENTINEL GET-MASTER-ADDR-BY-NAME. */
export function readOpinion(reply: Reply | undefined): Opinion {
  if (reply?.kind === 'null') return { kind: 'unknown-name' }
  if (reply?.kind !== 'array') return { kind: 'unreachable' }
  const address = addressOf(textOf(reply.items[0]), textOf(reply.items[1]))
  return address === undefined ? { kind: 'unreachable' } : { kind: 'names', address }
}

/** The reply to SENTINEL REPLICAS; undefined for an error. */
export function readReplicas(reply: Reply | undefined): readonly ReplicaReport[] | undefined {
  if (reply?.kind !== 'array') return undefined
  return reply.items.flatMap((item) => {
    const fields = fieldsOf(item)
    const address = addressOf(fields.get('ip'), fields.get('port'))
    if (address === undefined) return []
    const downMs = Number(fields.get('master-link-down-time') ?? 0)
    return [{
      address, flags: (fields.get('flags') ?? '').split(','), isLinkUp: fields.get('master-link-status') === 'ok',
      // A sentinel that has no INFO yet reports "err" with the time 0.
      linkDownMs: Number.isFinite(downMs) ? downMs : 0,
    }]
  })
}

/** Whether the reply to ROLE is that of a master. */
export function isMasterRole(reply: Reply | undefined): boolean {
  return reply?.kind === 'array' && textOf(reply.items[0]) === 'master'
}

const REPLICA_LINE = /^slave\d+:(.*)$/gm

/** Bytes that each connected replica lacks, by `host:port`, from INFO replication of the master. */
export function readLags(reply: Reply | undefined): ReadonlyMap<string, number> | undefined {
  const text = textOf(reply)
  const [, end] = /^master_repl_offset:(\d+)/m.exec(text ?? '') ?? []
  if (text === undefined || end === undefined || !/^role:master/m.test(text)) return undefined
  const lags = new Map<string, number>()
  for (const [, line = ''] of text.matchAll(REPLICA_LINE)) {
    const fields = new Map(line.trim().split(',').map((pair): [string, string] => {
      const equals = pair.indexOf('=')
      return [pair.slice(0, equals), pair.slice(equals + 1)]
    }))
    const address = addressOf(fields.get('ip'), fields.get('port'))
    if (address === undefined || fields.get('state') !== 'online') continue
    lags.set(hostAndPort(address.host, address.port), Math.max(0, Number(end) - Number(fields.get('offset') ?? 0)))
  }
  return lags
}

function textOf(reply: Reply | undefined): string | undefined {
  return reply?.kind === 'bulk' || reply?.kind === 'status' ? reply.text : undefined
}

function fieldsOf(reply: Reply): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  if (reply.kind !== 'array') return fields
  for (let at = 0; at + 1 < reply.items.length; at += 2) fields.set(textOf(reply.items[at]) ?? '', textOf(reply.items[at + 1]) ?? '')
  return fields
}

function addressOf(host: string | undefined, port: string | undefined): NodeAddress | undefined {
  if (host === undefined || host === '' || host.length > HOST_CHARS_MAX || /[\s\0]/.test(host)) return undefined
  return port !== undefined && PORT.test(port) && Number(port) < 65_536 ? { host, port: Number(port) } : undefined
}
