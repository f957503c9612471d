import type { Deployment } from './deployment.ts'
import type { DeploymentOptions } from './options.ts'
import { RequirementError, unmetRequirement } from './requirement.ts'
import { SharedDeployment } from './shared-deployment.ts'
import { validateOptions } from './validate-options.ts'
import { limitFor } from './wait-limit.ts'

/** Limits of hooks in jest (5 s) and mocha (2 s) are too short for the start of a deployment on a busy machine. */
const DEFAULT_TIMEOUT_MS = 90_000

/**
 * Registers a function that runs before or after tests, as `before` of node:test and `beforeAll` of jest do. What they
 * take beside it differs; a number of milliseconds is the time limit in jest and vitest, and does no harm elsewhere.
 */
export type Hook = (work: () => Promise<void>, ...more: never[]) => unknown

type TimedHook = (work: () => Promise<void>, timeoutMs: number) => unknown

/** The deployment, and the hooks of the test library: `before` and `after`, or those for each test. */
export interface DeploymentFixtureOptions extends DeploymentOptions {
  readonly before: Hook
  readonly after: Hook
  /** Time limit of each hook, in milliseconds. Default 90000. */
  readonly timeoutMs?: number
}

/** What a test library binds to `this` in hooks; only mocha does. */
interface HookContext {
  readonly timeout?: (ms: number) => unknown
  readonly skip?: () => unknown
}

/**
 * A deployment for the tests of a file, or for each test, in any test library with hooks:
 *
 * ```ts
 * const deployment = deploymentFixture({ before: beforeAll, after: afterAll, replicas: 1 })
 * test('...', async () => { await killMaster(deployment()) })
 * ```
 *
 * When the servers do not meet `requires`, mocha skips the tests; other libraries fail in the hook.
 *
 * @returns a function that returns the deployment inside of a test
 */
export function deploymentFixture(
  { before, after, timeoutMs = DEFAULT_TIMEOUT_MS, ...options }: DeploymentFixtureOptions,
): () => Deployment {
  validateOptions(options)
  const shared = new SharedDeployment(options)
  let running: Deployment | undefined
  const [start, end] = [before, after] as [TimedHook, TimedHook]
  start(async function (this: unknown): Promise<void> {
    const context = contextOf(this)
    context.timeout?.(timeoutMs)
    const unmet = await unmetRequirement(options)
    if (unmet !== undefined) skip(context, unmet)
    running = await shared.forTest(limitFor(timeoutMs))
  }, timeoutMs)
  end(async function (this: unknown): Promise<void> {
    contextOf(this).timeout?.(timeoutMs)
    running = undefined
    await shared.stop()
  }, timeoutMs)
  return () => {
    if (running !== undefined) return running
    throw new Error('the deployment does not run: call this function inside of a test, after the hook has started it')
  }
}

function contextOf(context: unknown): HookContext {
  if (typeof context !== 'object' || context === null) return {}
  const { timeout, skip } = context as Readonly<Record<string, unknown>>
  return {
    ...(typeof timeout === 'function' && { timeout: timeout.bind(context) as (ms: number) => unknown }),
    ...(typeof skip === 'function' && { skip: skip.bind(context) as () => unknown }),
  }
}

function skip(context: HookContext, reason: string): void {
  if (context.skip === undefined) throw new RequirementError(reason)
  process.stderr.write(`skipped: ${reason}\n`)
  context.skip()
}
