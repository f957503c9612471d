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

import type { Deployment } from './deployment.ts'
import { failureReport } from './failure-report.ts'
import type { DeploymentOptions } from './options.ts'
import { unmetRequirement } from './requirement.ts'
import { SharedDeployment } from './shared-deployment.ts'
import { validateOptions } from './validate-options.ts'
import { limitFor } from './wait-limit.ts'
import type { Writer } from './writer.ts'

export * from './index.ts'

/**
 * vitest's own limit of 5 s is too short for starting a deployment and failing over on a busy machine. This one is
 * longer than the longest wait inside, which is 60 s, because the message of that wait names what was last seen.
 */
const DEFAULT_TIMEOUT_MS = 90_000

/** The fixtures that a test may use. */
export interface FailoverFixtures {
  /** Started and formed before the test, and stopped at the end of its scope, also when a test fails. */
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
  /**
   * Whether each test has a deployment of its own, or those of a file or a worker share one, which is restored before
   * each of them (`deployment.restore`). In a worker, files share it when they import the same `test`, without
   * isolation. Default `test`.
   */
  readonly scope?: 'test' | 'file' | 'worker'
}

/**
 * A `test` with the fixtures `deployment` and `writer`. When a test fails, application, nodes and sentinels are drawn
 * on one time axis. A test whose servers do not meet `requires` is skipped. Call it at the top of a test file: it also
 * raises the time limit of the tests in that file.
 */
export function failoverTest(options: FailoverTestOptions = {}): TestAPI<FailoverFixtures> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, scope = 'test', ...deploymentOptions } = options
  if (!Number.isFinite(timeoutMs) || timeoutMs < 0) {
    throw new Error(`timeoutMs is a number of milliseconds, 0 for no limit, not ${String(timeoutMs)}`)
  }
  if (!['test', 'file', 'worker'].includes(scope)) throw new Error(`scope is test, file or worker, not ${String(scope)}`)
  validateOptions(deploymentOptions)
  vi.setConfig({ testTimeout: timeoutMs, hookTimeout: timeoutMs })
  let writers = 0
  return test.extend<FailoverFixtures & { readonly shared: SharedDeployment }>({
    // vitest finds the fixtures that one needs by its first parameter, which must be a pattern.
    shared: [async ({}, use) => {
      const shared = new SharedDeployment(deploymentOptions)
      try {
        await use(shared)
      } finally {
        await shared.stop()
      }
    }, { scope }],
    deployment: async ({ task, skip, onTestFailed, shared }, use) => {
      const unmet = await unmetRequirement(deploymentOptions)
      if (unmet !== undefined) skip(unmet)
      const deployment = await shared.forTest(limitFor(task.timeout))
      const { position: after } = deployment.timeline
      onTestFailed(() => {
        process.stderr.write(`\nThe test "${task.name}" failed. What happened:\n\n${failureReport(deployment, { after })}\n`)
      })
      await use(deployment)
    },
    writer: async ({ deployment }, use) => {
      writers += 1
      // Tests that share a deployment write to different lists.
      const writer = await deployment.startWriter(scope === 'test' ? {} : { key: `ts-sentinel:harness:writer:${writers}` })
      try {
        await use(writer)
      } finally {
        await writer.stop()
      }
    },
  })
}
