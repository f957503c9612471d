/** behaviour.md 4.1: what a reply is decides what it means, so types must survive. */
import { describe, expect, it } from 'vitest'
import { toReply } from '../../../src/links/reply.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('a reply in the words of the core', () => {
  it('tells simple and bulk strings apart', () => {
    expect(toReply(bytes('PONG'), '+')).toEqual({ kind: 'status', text: 'PONG' })
    expect(toReply(bytes('PONG'), '$')).toEqual({ kind: 'bulk', text: 'PONG' })
  })

  it('keeps all digits of an integer', () => {
    expect(toReply('9223372036854775807', ':')).toEqual({ kind: 'integer', value: 9223372036854775807n })
    expect(toReply('-1', ':')).toEqual({ kind: 'integer', value: -1n })
  })

  it('keeps the code word of an error', () => {
    expect(toReply(new Error('LOADING Redis is loading'), '-')).toEqual({ kind: 'error', text: 'LOADING Redis is loading' })
  })

  it('keeps the types inside arrays', () => {
    expect(toReply(['1', bytes('*'), null, [bytes('OK'), new Error('ERR x')], []], '*:$_*+-*')).toEqual({
      kind: 'array',
      items: [
        { kind: 'integer', value: 1n },
        { kind: 'bulk', text: '*' },
        { kind: 'null' },
        { kind: 'array', items: [{ kind: 'status', text: 'OK' }, { kind: 'error', text: 'ERR x' }] },
        { kind: 'array', items: [] },
      ],
    })
  })

  it('keeps bytes that are no UTF-8', () => {
    expect(toReply(Buffer.from([0x61, 0xff, 0xc3, 0xa9]), '$')).toEqual({ kind: 'bulk', text: 'a\uDCFFé' })
  })
})
