import { afterEach, describe, expect, it, vi } from 'vitest'

import { parseDuration, parseMoment } from '../../../src/cli/fleet-tools/times.ts'
import { momentText, withLocalTimes } from '../../../src/cli/local-time.ts'

afterEach(() => { vi.unstubAllEnvs() })

const NOW = Date.parse('2026-12-01T02:00:00Z')

describe('a duration on the command line', () => {
  it.each([
    ['500ms', 500], ['90s', 90_000], ['30m', 1_800_000], ['30min', 1_800_000], ['2h', 7_200_000], ['1d', 86_400_000], ['1h30m', 5_400_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration('--for', text)).toBe(ms)
  })

  it.each(['', '30', 'm', '-5m', '1.5h', '5 m', '0s', '5w', '30m later'])('refuses %j and names the option', (text) => {
    expect(() => parseDuration('--for', text)).toThrow(`--for must be a duration such as 90s, 30m or 1h30m, not ${JSON.stringify(text)}`)
  })
})

describe('a moment on the command line', () => {
  it.each([
    ['2026-12-01T03:00Z', '2026-12-01T03:00:00Z'], ['2026-12-01T03:00:30Z', '2026-12-01T03:00:30Z'],
    ['2026-12-01T05:00+02:00', '2026-12-01T03:00:00Z'], ['+30m', '2026-12-01T02:30:00Z'],
  ])('reads %s', (text, expected) => {
    expect(parseMoment('--at', text, NOW)).toBe(Date.parse(expected))
  })

  it('takes local time where there is no zone', () => {
    expect(parseMoment('--at', '2026-12-05T03:00', NOW)).toBe(new Date(2026, 11, 5, 3, 0).getTime())
    expect(parseMoment('--at', '2026-12-05 03:00:10', NOW)).toBe(new Date(2026, 11, 5, 3, 0, 10).getTime())
  })

  it.each(['2026-12-05', 'tomorrow', '03:00', '2026-13-01T00:00Z', '1780000000000'])('refuses %j', (text) => {
    expect(() => parseMoment('--at', text, NOW)).toThrow('--at must be a time such as 2026-12-01T03:00Z or +30m')
  })

  it('refuses a moment that is over, with the present time', () => {
    expect(() => parseMoment('--at', '2026-12-01T01:59Z', NOW)).toThrow(`--at 2026-12-01T01:59Z is over: it is ${momentText(NOW)} now`)
  })

  it.each([
    ['Europe/Berlin', '2026-12-01 03:00:00 +01:00'], ['America/St_Johns', '2026-11-30 22:30:00 -03:30'], ['UTC', '2026-12-01 02:00:00 +00:00'],
  ])('is printed in local time with the zone: %s', (zone, expected) => {
    vi.stubEnv('TZ', zone)
    expect(momentText(NOW)).toBe(expected)
    expect(withLocalTimes('until 2026-12-01T02:00:00.000Z (for another 5 s)', {})).toBe(`until ${expected} (for another 5 s)`)
    expect(momentText(NOW, { utc: true })).toBe('2026-12-01 02:00:00Z')
  })

  it('that is none is printed as unknown', () => {
    expect(momentText(Number.NaN)).toBe('unknown')
    expect(momentText(1e300)).toBe('unknown')
  })
})
