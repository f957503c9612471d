/** The story of the quickstart, run within the test: the output while it happens. */
import { describe, expect, it } from 'vitest'

import { runQuickstart } from '../../src/cli/quickstart/run-quickstart.ts'

describe('the quickstart', () => {
  it('narrates a failover from the start to the figures with genuine sentinels, as a plain client sees it through a proxy', async () => {
    let output = ''
    const status = await runQuickstart(['--sentinel', 'genuine', '--proxy'], { write: (text) => { output += text }, isTTY: false })
    expect(status, output).toBe(0)
    for (const words of [
      'Starting 1 master, 2 replicas, 3 sentinels and a proxy', 'sentinel-2', 'redis-sentinel', '+switch-master',
      'A client that knows nothing of Sentinel writes to 127.0.0.1:', 'first write through the proxy, which leads to 127.0.0.1:',
      'It used one address all the time, 127.0.0.1:', 'is back as a replica of the new master', 'a replica is promoted', 'acknowledged', 'could not write for',
    ]) expect(output).toContain(words)
    expect(output.trimEnd().endsWith('Everything was stopped and removed.')).toBe(true)
  }, 120_000)
})
