/** The text of an event as clients, scripts and the log see it (protocol.md 3.1). */
import type { SentinelEvent, Subject } from '../core/index.ts'
import { cutAtBytes } from './cut.ts'

/** Longest payload in bytes; the original's buffer holds no more. */
export const PAYLOAD_BYTES_MAX = 1023

export function payloadOf(event: SentinelEvent): string {
  const { subject } = event
  const detail = detailOf(event)
  if (subject === undefined) return cutAtBytes(detail ?? '', PAYLOAD_BYTES_MAX)
  const prefix = describeSubject(subject)
  return cutAtBytes(detail === undefined ? prefix : `${prefix} ${detail}`, PAYLOAD_BYTES_MAX)
}

/** An option that holds a password, with its value. */
const SECRET_OPTION = /^(auth-pass|sentinel-pass|requirepass) .*$/is

/** The detail as it may be shown: passwords are hidden, whoever built the event (protocol.md 2.11). */
export function detailOf({ name, detail }: SentinelEvent): string | undefined {
  return name === '+set' ? detail?.replace(SECRET_OPTION, '$1 ******') : detail
}

function describeSubject(subject: Subject): string {
  const { name, host, port } = subject
  if (subject.kind === 'master') return `master ${name} ${host} ${port}`
  const kind = subject.kind === 'replica' ? 'slave' : 'sentinel'
  const { master } = subject
  return `${kind} ${name} ${host} ${port} @ ${master.name} ${master.host} ${master.port}`
}
