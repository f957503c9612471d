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
 * vitest's own limit of 5 s is too short for starting a deployment and failing over on a busy machine. This one is
 * longer than the longest wait inside, which is 60 s, because the message of that wait names what was last seen.
 */
const DEFAULT_TIMEOUT_MS = 90_000

/** Number of entries of the timeline that are shown when a test fails. */
const SHOWN_ENTRIES = 80

/** The fixtures that a test may use. */
export interface FailoverFixtures {
  /** Started and formed for this test alone, and stopped after it, also when the test fails. */
  readonly deployment: Deployment
  /** Writes through the sentinels, from before the test begins. `writer.verify(master)` returns the report. */
  readonly writer: Writer
}

/** The deployment of the fixtures, and the time limit of a test. */
export interface FailoverTestOptions extends DeploymentOptions {
  /**
   * Time limit of each test in this file, in milliseconds. Default 90000. The limit of a single test takes precedence.
   * The waits of the deployment end a little before it, so that the error of the test is that of the wait.
   */
  readonly timeoutMs?: number
}

/**
 * A `test` with the fixtures `deployment` and `writer`. When a test fails, the end of the timeline is printed. Call it
 * at the top of a test file: it also raises the time limit of the tests in that file.
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
