/** Errors of the operating system in the words of the C library. */
import { describe, expect, it } from 'vitest'

import { knownSystemError, systemErrorCode, systemErrorText } from '../../../src/text/index.ts'

function failure(code: string): Error {
  return Object.assign(new Error(`read ${code}`), { code })
}

describe('an error of the operating system', () => {
  it.each([
    ['EADDRINUSE', 'Address already in use'],
    ['ECONNRESET', 'Connection reset by peer'],
    ['ENOSPC', 'No space left on device'],
  ])('with the code %s is shown as %s', (code, text) => {
    expect(systemErrorText(failure(code))).toBe(text)
    expect(systemErrorCode(failure(code))).toBe(code)
  })
})

describe('any other error', () => {
  it('is shown in its own words', () => {
    expect(systemErrorText(failure('ERR_TLS_HANDSHAKE_TIMEOUT'))).toBe('read ERR_TLS_HANDSHAKE_TIMEOUT')
    expect(systemErrorText(new Error('no code'))).toBe('no code')
    expect(systemErrorText('no error')).toBe('no error')
    expect(knownSystemError(failure('ERR_TLS_HANDSHAKE_TIMEOUT'))).toBeUndefined()
    expect(systemErrorCode(Object.assign(new Error('a number'), { code: 5 }))).toBeUndefined()
  })
})
