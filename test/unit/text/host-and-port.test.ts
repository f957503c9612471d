/** How an address is shown. */
import { describe, expect, it } from 'vitest'

import { hostAndPort } from '../../../src/text/index.ts'

describe('host and port', () => {
  it.each([
    ['127.0.0.1', 6379, '127.0.0.1:6379'],
    ['redis-1.example', '26379', 'redis-1.example:26379'],
    ['::1', 6379, '[::1]:6379'],
    ['?', 0, '?:0'],
  ])('of %s and %s are shown as %s', (host, port, shown) => {
    expect(hostAndPort(host, port)).toBe(shown)
  })
})
