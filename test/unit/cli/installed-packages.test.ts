import { describe, expect, it } from 'vitest'

import { isInstalled } from '../../../src/cli/quickstart/installed-packages.js'

const wanted = {
  '': { version: '1.0.0' },
  'node_modules/a': { version: '1.2.3', integrity: 'sha512-a' },
  'node_modules/for-another-system': { version: '1.0.0', integrity: 'sha512-o', optional: true },
}

describe('node_modules of a checkout', () => {
  it('is complete when every package is there in its version', () => {
    expect(isInstalled(wanted, { 'node_modules/a': { version: '1.2.3', integrity: 'sha512-a' } })).toBe(true)
  })

  it.each([
    ['a package is missing', {}],
    ['a package has another version', { 'node_modules/a': { version: '1.2.2', integrity: 'sha512-a' } }],
    ['a package has another content', { 'node_modules/a': { version: '1.2.3', integrity: 'sha512-b' } }],
    ['a package is not asked for any more', {
      'node_modules/a': { version: '1.2.3', integrity: 'sha512-a' }, 'node_modules/b': { version: '1.0.0', integrity: 'sha512-c' },
    }],
  ])('is not complete when %s', (_what, installed) => {
    expect(isInstalled(wanted, installed)).toBe(false)
  })
})
