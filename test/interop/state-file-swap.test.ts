/** redis-sentinel on the main file of a sentinel with a state file: docs/decisions/0057-state-config-file.md. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { killMaster, ourSentinel, withDeployment, type SentinelProgram } from '../../src/harness/index.ts'
import { switched } from '../integration/support/state-file-place.ts'

/** The state file is named on the command line, so that the main file has no line that redis-sentinel does not know. */
const WITH_STATE_FILE: SentinelProgram = {
  name: 'ours',
  command: (configFile) => {
    const { file, args } = ourSentinel().command(configFile)
    return { file, args: [...args, '--sentinel', 'state-config-file', `${configFile}.state`] }
  },
}

describe('a main file beside a state file', () => {
  it('runs redis-sentinel, and what that learned counts when ours runs again with its own state', async () => {
    const options = { sentinels: [WITH_STATE_FILE, 'ours', 'ours'], downAfterMs: 1500 } as const
    await withDeployment(options, async (deployment) => {
      const sentinel = deployment.sentinel(0)
      const { name } = deployment.group
      const main = readFileSync(sentinel.configFile, 'latin1')
      const id = await sentinel.myId()
      await sentinel.call(['SENTINEL', 'SET', name, 'parallel-syncs', '3'])
      expect(readFileSync(sentinel.configFile, 'latin1')).toBe(main)

      await sentinel.swap(deployment.program('genuine'))
      const first = await killMaster(deployment)
      await deployment.waitUntilSettled({ awayFrom: first.node.address })
      await first.node.start()
      const { configEpoch } = await deployment.waitUntilSettled({ awayFrom: first.node.address })
      const address = await sentinel.masterAddress(name)
      expect(await sentinel.myId()).not.toBe(id)

      // The state file has the address from before the failover, under a lower config-epoch.
      await sentinel.stop()
      await sentinel.swap(WITH_STATE_FILE)
      expect(await sentinel.masterAddress(name)).toEqual(address)
      expect(await sentinel.myId()).toBe(id)
      expect(await sentinel.master(name)).toMatchObject({ 'config-epoch': String(configEpoch), 'parallel-syncs': '3' })
      const second = await killMaster(deployment)
      await switched(deployment, second.node.address)
    })
  }, 180_000)
})
