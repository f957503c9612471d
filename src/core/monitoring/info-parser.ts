/** INFO text to facts (behaviour.md 5). Reads only; what follows from the facts is decided elsewhere. */
import { leadingUnsigned } from '../bounded-integer.ts'
import { REPLICAS_MAX } from '../limits.ts'
import type { Millis } from '../time.ts'

export interface InfoFacts {
  readonly role: 'master' | 'slave' | 'unknown'
  readonly runId: string | undefined
  /** `slaveN` lines, as many as a master may have replicas. */
  readonly replicas: readonly { readonly host: string, readonly port: number }[]
  /** 0 when the line is absent. */
  readonly masterLinkDownMs: Millis
  /** The rest is read only from an instance that reports the role slave; undefined = not said. */
  readonly masterHost: string | undefined
  readonly masterPort: number | undefined
  readonly masterLinkUp: boolean | undefined
  readonly priority: number | undefined
  readonly offset: bigint | undefined
  readonly announced: boolean | undefined
}

type Draft = { -readonly [Key in keyof InfoFacts]: InfoFacts[Key] }

export function parseInfo(text: string): InfoFacts {
  const replicas: { host: string, port: number }[] = []
  const facts: Draft = {
    role: 'unknown',
    runId: undefined,
    replicas,
    masterLinkDownMs: 0,
    masterHost: undefined,
    masterPort: undefined,
    masterLinkUp: undefined,
    priority: undefined,
    offset: undefined,
    announced: undefined,
  }
  for (let from = 0, to = 0; to !== -1; from = to + 2) {
    to = text.indexOf('\r\n', from)
    // Of some two hundred lines a dozen are ours: role, run_id, master_…, slave…
    const first = text.charAt(from)
    if (first === 'r' || first === 'm' || first === 's') readLine(facts, replicas, text.slice(from, to === -1 ? undefined : to))
  }
  return facts
}

function readLine(facts: Draft, replicas: { host: string, port: number }[], line: string): void {
  const colon = line.indexOf(':')
  if (colon < 0) return
  const value = line.slice(colon + 1)
  const key = line.slice(0, colon)
  if (/^slave\d{1,9}$/.test(key)) {
    const replica = replicas.length < REPLICAS_MAX ? parseReplicaLine(value) : undefined
    if (replica !== undefined) replicas.push(replica)
  } else {
    readField(facts, key, value)
  }
}

function readField(facts: Draft, key: string, value: string): void {
  switch (key) {
    case 'run_id':
      if (value.length >= 40) facts.runId = value.slice(0, 40)
      return
    case 'role':
      if (value.startsWith('master')) facts.role = 'master'
      else if (value.startsWith('slave')) facts.role = 'slave'
      return
    case 'master_link_down_since_seconds':
      facts.masterLinkDownMs = leadingInteger(value) * 1000
      return
    default:
      if (facts.role === 'slave') readReplicaField(facts, key, value)
  }
}

function readReplicaField(facts: Draft, key: string, value: string): void {
  switch (key) {
    case 'master_host':
      facts.masterHost = value
      return
    case 'master_port':
      facts.masterPort = leadingInteger(value)
      return
    case 'master_link_status':
      facts.masterLinkUp = value.toLowerCase() === 'up'
      return
    case 'slave_priority':
      facts.priority = leadingInteger(value)
      return
    case 'slave_repl_offset':
      facts.offset = leadingUnsigned(value)
      return
    case 'replica_announced':
      facts.announced = leadingInteger(value) !== 0
  }
}

/** `ip=…,port=…,…` in any order, or the old `host,port,state` (behaviour.md 5.1). */
function parseReplicaLine(value: string): { host: string, port: number } | undefined {
  if (value.includes('ip=')) {
    const host = /ip=([^,]*)/.exec(value)?.[1]
    const port = /port=([^,]*)/.exec(value)?.[1]
    return host === undefined || port === undefined ? undefined : { host, port: leadingInteger(port) }
  }
  const [host, port, state] = value.split(',')
  if (host === undefined || port === undefined || state === undefined) return undefined
  return { host, port: leadingInteger(port) }
}

function leadingInteger(text: string): number {
  return Number(/^[+-]?\d{1,15}/.exec(text)?.[0] ?? 0)
}
