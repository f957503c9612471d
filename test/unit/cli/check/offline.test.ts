/** What `check --offline` says of lines that the program loads as the original does, but that cannot work. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import { findingsOf } from '../../../../src/cli/check/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-offline-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

const GOOD = 'sentinel monitor m 10.0.0.1 6379 2'

async function codes(...lines: readonly string[]): Promise<string[]> {
  const file = join(folder, 'sentinel.conf')
  writeFileSync(file, ['port 22999', `dir ${folder}`, ...lines, ''].join('\n'))
  const findings = await findingsOf({ file, offline: true, admin: undefined })
  return typeof findings === 'string' ? [findings] : findings.map(({ code }) => code)
}

describe('the offline check', () => {
  it('has no complaint about a good file', async () => {
    expect(await codes(GOOD, 'sentinel down-after-milliseconds m 5000', 'sentinel parallel-syncs m 1')).toEqual([])
  })

  it.each([
    ['sentinel monitor m 10.0.0.1 tcp://10.0.0.1:6379 2'], ['sentinel monitor m 10.0.0.1 6379 2x'],
    [GOOD, 'sentinel down-after-milliseconds m 30s'], [GOOD, 'sentinel failover-timeout m 3min'],
    [GOOD, 'sentinel parallel-syncs m one'], [GOOD, 'sentinel announce-port x'],
    [GOOD, 'sentinel known-replica m 10.0.0.2 6379/tcp'], [GOOD, `sentinel known-sentinel m 10.0.0.2 26379x ${'b'.repeat(40)}`],
    [GOOD, 'sentinel config-epoch m 1e3'],
  ])('finds a number that is none: %s %s', async (...lines) => {
    expect(await codes(...lines)).toContain('not-a-number')
  })

  it.each([
    ['sentinel monitor m 10.0.0.1 0 2'], [GOOD, 'sentinel known-replica m 10.0.0.2 0'], [GOOD, 'sentinel parallel-syncs m 0'],
    [GOOD, 'sentinel announce-port 70000'], [GOOD, 'sentinel current-epoch 9223372036854775807'],
  ])('finds a number out of range: %s %s', async (...lines) => {
    expect(await codes(...lines)).toContain('out-of-range')
  })

  it('finds a script that is a folder, and a known replica that is the master', async () => {
    expect(await codes(GOOD, `sentinel notification-script m ${folder}`)).toContain('script-not-a-file')
    expect(await codes(GOOD, 'sentinel known-replica m 10.0.0.1 6379')).toContain('master-as-replica')
  })

  it('finds a host name that looks like a URL', async () => {
    expect(await codes('sentinel resolve-hostnames yes', 'sentinel monitor m tcp://redis 6379 2')).toContain('bad-address')
  })
})
