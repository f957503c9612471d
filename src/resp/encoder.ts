import { toWire } from './text.ts'
import type { RespValue, TaggedValue } from './value.ts'

export type ProtocolVersion = 2 | 3

const LINE_BREAK = /[\r\n]/g
/** First lines of short bulk strings, by length: replies of a sentinel have few longer strings. */
const BULK_HEADS: readonly string[] = Array.from({ length: 64 }, (_, length) => `$${length}\r\n`)

/**
 * A value as wire text: one character per byte, to be written as latin1. RESP2 lacks some types of RESP3; they are
 * written in the forms that protocol.md 0 lists.
 */
export function encode(value: RespValue, version: ProtocolVersion): string {
  if (typeof value === 'string') return encodeBulk(value)
  if (typeof value === 'number' || typeof value === 'bigint') return `:${value}\r\n`
  if (value === null) return version === 3 ? '_\r\n' : '$-1\r\n'
  return 'type' in value ? encodeTagged(value, version) : encodeItems('*', value.length, value, version)
}

function encodeTagged(value: TaggedValue, version: ProtocolVersion): string {
  switch (value.type) {
    case 'simple':
      return `+${oneLine(value.text)}\r\n`
    case 'error':
      return `-${oneLine(value.text)}\r\n`
    case 'null-array':
      return version === 3 ? '_\r\n' : '*-1\r\n'
    case 'map':
      return version === 3
        ? encodeItems('%', value.items.length / 2, value.items, version)
        : encodeItems('*', value.items.length, value.items, version)
    case 'set':
      return encodeItems(version === 3 ? '~' : '*', value.items.length, value.items, version)
    case 'push':
      return encodeItems(version === 3 ? '>' : '*', value.items.length, value.items, version)
    case 'verbatim':
      return version === 3 ? encodeVerbatim(value.text) : encodeBulk(value.text)
    case 'double':
      return version === 3 ? `,${value.text}\r\n` : encodeBulk(value.text)
    case 'sequence':
      return concat(value.items, version)
    case 'prepared':
      return value.wires[version] ??= encode(value.value, version)
  }
}

function encodeItems(mark: string, count: number, items: readonly RespValue[], version: ProtocolVersion): string {
  return `${mark}${count}\r\n${concat(items, version)}`
}

function concat(items: readonly RespValue[], version: ProtocolVersion): string {
  let wire = ''
  for (const item of items) wire += encode(item, version)
  return wire
}

function encodeBulk(text: string): string {
  const wire = toWire(text)
  return (BULK_HEADS[wire.length] ?? `$${wire.length}\r\n`) + wire + '\r\n'
}

function encodeVerbatim(text: string): string {
  const wire = toWire(text)
  // The length counts the four bytes of the format mark too.
  return `=${wire.length + 4}\r\ntxt:${wire}\r\n`
}

function oneLine(text: string): string {
  return toWire(text).replace(LINE_BREAK, ' ')
}
