import type { Millis } from '../../core/index.ts'
import type { Client } from '../client.ts'
import { subscriptionCount } from '../client.ts'

/** Rough cost of a connection beside its buffers, for tot-mem. */
const CLIENT_BASE_BYTES = 1024

/** One line of CLIENT LIST, without its line end: fields and order of protocol.md 1.6. Ages are whole seconds. */
export function clientLine(client: Client, mono: Millis): string {
  const buffers = client.buffers()
  const fields: readonly (readonly [string, string | number])[] = [
    ['id', client.id],
    ['addr', client.address],
    ['laddr', client.localAddress],
    ['fd', client.fileDescriptor],
    ['name', client.name],
    ['age', seconds(mono - client.connectedAt)],
    ['idle', seconds(mono - client.lastInteractionAt)],
    ['flags', flags(client)],
    ['db', 0],
    ['sub', client.channels.size],
    ['psub', client.patterns.size],
    ['ssub', 0],
    ['multi', -1],
    ['watch', 0],
    ['qbuf', buffers.queryBytes],
    ['qbuf-free', buffers.queryFreeBytes],
    ['argv-mem', buffers.argumentBytes],
    ['multi-mem', 0],
    ['rbs', 0],
    ['rbp', 0],
    ['obl', 0],
    ['oll', buffers.outputItems],
    ['omem', buffers.outputBytes],
    ['tot-mem', totalBytes(buffers)],
    ['events', buffers.outputBytes > 0 ? 'rw' : 'r'],
    ['cmd', client.lastCommand ?? 'NULL'],
    ['user', client.user],
    ['redir', client.tracking?.redirect ?? -1],
    ['resp', client.protocol],
    ['lib-name', client.libraryName],
    ['lib-ver', client.libraryVersion],
  ]
  return fields.map(([name, value]) => `${name}=${value}`).join(' ')
}

function totalBytes(buffers: ReturnType<Client['buffers']>): number {
  const { queryBytes, queryFreeBytes, argumentBytes, outputBytes } = buffers
  return CLIENT_BASE_BYTES + queryBytes + queryFreeBytes + argumentBytes + outputBytes
}

function flags(client: Client): string {
  const marks: readonly (readonly [string, boolean])[] = [
    ['P', subscriptionCount(client) > 0],
    ['t', client.tracking !== undefined],
    ['c', client.willClose],
    ['U', client.isUnixSocket],
    ['e', client.isSafeFromEviction],
  ]
  return marks.filter(([, holds]) => holds).map(([mark]) => mark).join('') || 'N'
}

function seconds(ms: Millis): number {
  return Math.floor(Math.max(0, ms) / 1000)
}
