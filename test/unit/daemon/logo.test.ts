/** When the logo is shown: config.md 1.8. */
import { describe, expect, it } from 'vitest'

import { showsLogo } from '../../../src/daemon/logo.ts'
import { settingsOf } from './settings-of.ts'

describe('the logo', () => {
  it.each([
    ['', { isTerminal: true }, true],
    ['', { isTerminal: false }, false],
    ['logfile x.log', { isTerminal: true }, false],
    ['syslog-enabled yes', { isTerminal: true }, false],
    ['always-show-logo yes', { isTerminal: false }, true],
    ['always-show-logo yes\nlogfile x.log\nsyslog-enabled yes', { isTerminal: false }, true],
    ['always-show-logo yes\nloglevel warning', { isTerminal: true }, false],
    ['always-show-logo yes\nloglevel nothing', { isTerminal: true }, false],
  ])('is shown with %j and %o: %s', (config, { isTerminal }, shown) => {
    expect(showsLogo(settingsOf(config), isTerminal)).toBe(shown)
  })
})
