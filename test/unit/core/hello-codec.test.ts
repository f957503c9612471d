/** The hello message (behaviour.md 6.1, 6.3). */
import { describe, expect, it } from 'vitest'
import { formatHello, parseHello } from '../../../src/core/monitoring/hello-codec.ts'
import type { Hello } from '../../../src/core/state/hello.ts'

const ID = 'b'.repeat(40)
const hello: Hello = {
  host: '10.0.0.5', port: 26_379, runId: ID, currentEpoch: 7n,
  masterName: 'mymaster', masterHost: '10.0.1.1', masterPort: 6379, configEpoch: 6n,
}

describe('a hello message', () => {
  it('has eight fields, and is decoded as it was encoded', () => {
    const text = formatHello(hello)
    expect(text).toBe(`10.0.0.5,26379,${ID},7,mymaster,10.0.1.1,6379,6`)
    expect(parseHello(text)).toEqual(hello)
  })

  it.each(['', 'a,b,c', '1,2,3,4,5,6,7', '1,2,3,4,5,6,7,8,9'])('with another number of fields is rejected: %s', (text) => {
    expect(parseHello(text)).toBeUndefined()
  })

  it('has its numbers read leniently: leading digits, otherwise 0', () => {
    expect(parseHello(`h,26379x,${ID},12abc,m,h, 6379,x`)).toMatchObject({
      port: 26_379, currentEpoch: 12n, masterPort: 6379, configEpoch: 0n,
    })
  })

  it.each(['18446744073709551615', '9223372036854775808', '-1', '99999999999999999999999'])(
    'is rejected with the epoch %s, which would make elections impossible', (epoch) => {
      expect(parseHello(`h,1,${ID},${epoch},m,h,1,${epoch}`)).toMatchObject({ currentEpoch: 0n, configEpoch: 0n })
    },
  )

  it('is accepted with the highest epoch that can be reached', () => {
    expect(parseHello(`h,1,${ID},9223372036854775807,m,h,1,1`)?.currentEpoch).toBe(9_223_372_036_854_775_807n)
  })

  it('of more than 8192 characters is rejected, and ports saturate', () => {
    expect(parseHello(formatHello({ ...hello, masterName: 'm'.repeat(8000) }))).toBeDefined()
    expect(parseHello(formatHello({ ...hello, masterName: 'm'.repeat(8192) }))).toBeUndefined()
    expect(parseHello(`h,${'9'.repeat(5000)},${ID},1,m,h,1,1`)?.port).toBe(Number.MAX_SAFE_INTEGER)
  })
})
