import type { Millis } from '../core/index.ts'
import type { Client } from './client.ts'
import { subscriptionCount } from './client.ts'

/** Estimated bytes of a connection without its buffers, for tot-mem. */
const CLIENT_BASE_BYTES = 1024

/**
 * One line of CLIENT LIST, without its line end: fields and order of protocol.md 1.6. Ages are whole seconds. A single
 * template for speed: there may be ten thousand lines, and one for each refused login.
 */
export function clientLine(client: Client, mono: Millis): string {
  const { queryBytes, queryFreeBytes, argumentBytes, outputBytes, outputItems } = client.buffers()
  const totalBytes = CLIENT_BASE_BYTES + queryBytes + queryFreeBytes + argumentBytes + outputBytes
  return `id=${client.id} addr=${client.address} laddr=${client.localAddress} fd=${client.fileDescriptor} `
    + `name=${client.name} age=${seconds(mono - client.connectedAt)} idle=${seconds(mono - client.lastInteractionAt)} `
    + `flags=${flags(client)} db=0 sub=${client.channels.size} psub=${client.patterns.size} ssub=0 multi=-1 watch=0 `
    + `qbuf=${queryBytes} qbuf-free=${queryFreeBytes} argv-mem=${argumentBytes} multi-mem=0 rbs=0 rbp=0 obl=0 `
    + `oll=${outputItems} omem=${outputBytes} tot-mem=${totalBytes} events=${outputBytes > 0 ? 'rw' : 'r'} `
    + `cmd=${client.lastCommand ?? 'NULL'} user=${client.user} redir=${client.tracking?.redirect ?? -1} `
    + `resp=${client.protocol} lib-name=${client.libraryName} lib-ver=${client.libraryVersion}`
}

function flags(client: Client): string {
  const marks = (subscriptionCount(client) > 0 ? 'P' : '') + (client.tracking === undefined ? '' : 't')
    + (client.willClose ? 'c' : '') + (client.isUnixSocket ? 'U' : '') + (client.isSafeFromEviction ? 'e' : '')
  return marks === '' ? 'N' : marks
}

function seconds(ms: Millis): number {
  return Math.floor(Math.max(0, ms) / 1000)
}
