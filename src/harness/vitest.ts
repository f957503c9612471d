/**
 * Fixtures for vitest: a deployment for each test that asks for one.
 *
 * ```ts
 * import { expect } from 'vitest'
 * import { failoverTest, killMaster } from 'ts-sentinel/harness/vitest'
 *
 * const test = failoverTest({ replicas: 2, sentinels: 3 })
 *
 * test('survives the death of the master', async ({ deployment, writer }) => {
 *   const fault = await killMaster(deployment)
 *   const { master } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
 *   await writer.verify(master, { requireRecovery: true, maxOutageMs: 5_000 })
 * })
 * ```
 *
 * Everything of `ts-sentinel/harness` is exported from here as well.
 */
import { test, vi, type TestAPI } from 'vitest'

import { startDeployment, type Deployment } from './deployment.ts'
import type { DeploymentOptions } from './options.ts'
import { validateOptions } from './validate-options.ts'
import { limitFor } from './wait-limit.ts'
import type { Writer } from './writer.ts'

export * from './index.ts'

/**
 * vitest's own limit is 5 s; starting a deployment and failing over takes longer on a busy machine. Longer than the
 * longest wait inside, which is 60 s: the message of that wait says what was last seen.
 */
const DEFAULT_TIMEOUT_MS = 90_000

/** How much of the timeline is shown when a test fails. */
const SHOWN_ENTRIES = 80

/** What a test may ask for. */
export interface FailoverFixtures {
  /** Started and formed for this test alone, and stopped behind it, whatever happens. */
  readonly deployment: Deployment
  /** Writes through the sentinels from before the test begins. `writer.verify(master)` gives the account. */
  readonly writer: Writer
}

/** What the fixtures start, and how long a test may take. */
export interface FailoverTestOptions extends DeploymentOptions {
  /**
   * Time limit of each test in this file, in milliseconds. Default 90000. A limit given to a single test wins. The
   * waits of the deployment end a little before it, so that a test fails with what they last saw.
   */
  readonly timeoutMs?: number
}

/**
 * A `test` whose tests can ask for a deployment and a writer. When one fails, the end of the timeline is printed
 * below it. Call it at the top of a test file: it also raises the time limit of the tests in that file.
 */
export function failoverTest(options: FailoverTestOptions = {}): TestAPI<FailoverFixtures> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, ...deploymentOptions } = options
  if (!Number.isFinite(timeoutMs) || timeoutMs < 0) {
    throw new Error(`timeoutMs is a number of milliseconds, 0 for no limit, not ${String(timeoutMs)}`)
  }
  validateOptions(deploymentOptions)
  vi.setConfig({ testTimeout: timeoutMs, hookTimeout: timeoutMs })
  return test.extend<FailoverFixtures>({
    deployment: async ({ task, onTestFailed }, use) => {
      const deployment = await startDeployment(deploymentOptions, limitFor(task.timeout))
      onTestFailed(() => {
        process.stderr.write(`\nThe timeline ends with:\n${deployment.timeline.tail(SHOWN_ENTRIES)}\n`)
      })
      try {
        await use(deployment)
      } finally {
        await deployment.stop()
      }
    },
    writer: async ({ deployment }, use) => {
      await use(await deployment.startWriter())
    },
  })
}
