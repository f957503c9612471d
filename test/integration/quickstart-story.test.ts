/** The story of the quickstart, run within the test: the output while it happens. */
import { describe, expect, it } from 'vitest'

import { runQuickstart } from '../../src/cli/quickstart/run-quickstart.ts'

describe('the quickstart', () => {
  it('narrates a failover from the start to the figures with genuine sentinels', async () => {
    let output = ''
    const status = await runQuickstart(['--sentinel', 'genuine'], { write: (text) => { output += text }, isTTY: false })
    expect(status, output).toBe(0)
    for (const words of [
      'Starting 1 master, 2 replicas and 3 sentinels', 'sentinel-2', 'redis-sentinel', '+switch-master',
      'is back as a replica of the new master', 'a replica is promoted', 'acknowledged', 'could not write for',
    ]) expect(output).toContain(words)
    expect(output.trimEnd().endsWith('Everything was stopped and removed.')).toBe(true)
  }, 120_000)
})
