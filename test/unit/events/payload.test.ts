/** protocol.md 3.1: the prefix of a payload, what follows it, and where it is cut. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SECRET_NAMES } from '../../../src/core/index.ts'
import { cutAtBytes, payloadOf } from '../../../src/events/index.ts'
import { toWire } from '../../../src/resp/index.ts'
import { MASTER, PEER, REPLICA } from './samples.ts'

const at = (port: number) => ({ host: '127.0.0.1', port })

describe('the payload of an event', () => {
  it.each([
    ['a master', { name: '+sdown', subject: MASTER } as const, 'master mymaster 127.0.0.1 6379'],
    ['a replica', { name: '+slave', subject: REPLICA } as const,
      'slave 127.0.0.1:6381 127.0.0.1 6381 @ mymaster 127.0.0.1 6379'],
    ['a sentinel', { name: '+sentinel', subject: PEER } as const,
      'sentinel 01c74702b8a7abed68bb2789fa30dfb75969a2ae 127.0.0.1 26379 @ mymaster 127.0.0.1 6379'],
    ['text that follows', { name: '+monitor', subject: MASTER, quorum: 2 } as const,
      'master mymaster 127.0.0.1 6379 quorum 2'],
    ['an empty value, which leaves its blank', { name: '+set', subject: MASTER, option: 'auth-user', value: '' } as const,
      'master mymaster 127.0.0.1 6379 auth-user '],
    ['a switch, which begins with the name', { name: '+switch-master', master: 'mymaster', from: at(1), to: at(2) } as const,
      'mymaster 127.0.0.1 1 127.0.0.1 2'],
    ['witnesses', { name: '+witnessed', subject: MASTER, alive: 2, reachable: 3 } as const, 'master mymaster 127.0.0.1 6379 #replicas 2/3'],
    ['the end of witnesses', { name: '-witnessed', subject: MASTER, why: 'time-limit' } as const,
      'master mymaster 127.0.0.1 6379 #witness-max has passed'],
    ['a sentinel that disagrees', { name: '+peer-disagrees', subject: PEER, names: at(7), configEpoch: 2n, ours: 3n } as const,
      'sentinel 01c74702b8a7abed68bb2789fa30dfb75969a2ae 127.0.0.1 26379 @ mymaster 127.0.0.1 6379 #names 127.0.0.1 7 under config-epoch 2, ours is 3'],
    ['TILT, which is about no node', { name: '+tilt' } as const, '#tilt mode entered'],
  ])('describes %s', (_what, event, payload) => {
    expect(payloadOf(event)).toBe(payload)
  })

  it('leaves IPv6 addresses without brackets and the name of a replica as it is', () => {
    const subject = { ...REPLICA, name: '[::1]:6381', host: '::1' }
    expect(payloadOf({ name: '+slave', subject })).toBe('slave [::1]:6381 ::1 6381 @ mymaster 127.0.0.1 6379')
  })

  it.each(SECRET_NAMES.flatMap((name) => [name, name.toUpperCase()]))('never shows a password, should an event carry one: %s', (option) => {
    const payload = payloadOf({ name: '+set', subject: MASTER, option, value: 'geheim und\nlang' })
    expect(payload).toBe(`master mymaster 127.0.0.1 6379 ${option} ******`)
  })

  it('is cut at 1023 bytes', () => {
    const payload = payloadOf({ name: '+set', subject: MASTER, option: 'option', value: 'x'.repeat(2000) })
    expect(payload).toHaveLength(1023)
    expect(payload.startsWith('master mymaster 127.0.0.1 6379 option xxx')).toBe(true)
  })
})

describe('a text that is cut', () => {
  it('may end within a character as in the original, and the bytes of that character are sent', () => {
    expect(Buffer.from(toWire(cutAtBytes('aé', 2)), 'latin1')).toEqual(Buffer.from([0x61, 0xc3]))
    expect(Buffer.from(toWire(cutAtBytes('€€', 4)), 'latin1')).toEqual(Buffer.from([0xe2, 0x82, 0xac, 0xe2]))
    expect(Buffer.from(toWire(cutAtBytes('😀', 3)), 'latin1')).toEqual(Buffer.from([0xf0, 0x9f, 0x98]))
  })

  it('is the first bytes of the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 50 }), fc.nat(80), (text, bytesMax) => {
      const whole = Buffer.from(text, 'utf8')
      expect(Buffer.from(toWire(cutAtBytes(text, bytesMax)), 'latin1')).toEqual(whole.subarray(0, bytesMax))
    }))
  })

  it('has each byte that is not UTF-8 counted as one', () => {
    expect(cutAtBytes('\uDCFF\uDCFE\uDCFD', 2)).toBe('\uDCFF\uDCFE')
  })
})
