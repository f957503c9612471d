import { startDeployment, type Deployment } from './deployment.ts'
import type { DeploymentOptions } from './options.ts'
import { NO_LIMIT, type WaitLimit } from './wait-limit.ts'

/** One deployment for several tests: it starts with the first of them, and each later one finds it restored. */
export class SharedDeployment {
  readonly #options: DeploymentOptions
  #limit: WaitLimit = NO_LIMIT
  #started: Promise<Deployment> | undefined

  constructor(options: DeploymentOptions) {
    this.#options = options
  }

  /** The deployment for one test, whose limit the waits inside have from now on. */
  async forTest(limit: WaitLimit): Promise<Deployment> {
    this.#limit = limit
    if (this.#started !== undefined) {
      const deployment = await this.#started
      await deployment.restore()
      return deployment
    }
    this.#started = startDeployment(this.#options, { clip: (timeoutMs) => this.#limit.clip(timeoutMs) })
    return this.#started
  }

  /** Stops the deployment if it was started. */
  async stop(): Promise<void> {
    const started = this.#started
    this.#started = undefined
    // A start that failed has removed everything, and its error was thrown to the test.
    const deployment = await started?.catch(() => undefined)
    await deployment?.stop()
  }
}
