import { startDeployment, type Deployment } from './deployment.ts'
import { messageOf } from './eventually.ts'
import { failureReport } from './failure-report.ts'
import type { DeploymentOptions } from './options.ts'

/** The work on a deployment failed; the message shows what happened on it, `cause` is the original error. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError'
}

/**
 * Starts a deployment, runs `work` on it and stops it, also when `work` fails.
 *
 * @throws DeploymentError when `work` fails, with what happened in the message
 */
export async function withDeployment<T>(
  options: DeploymentOptions,
  work: (deployment: Deployment) => Promise<T>,
): Promise<T> {
  const deployment = await startDeployment(options)
  const { position: after } = deployment.timeline
  try {
    return await work(deployment)
  } catch (error) {
    throw new DeploymentError(`${messageOf(error)}\n\n${failureReport(deployment, { after })}`, { cause: error })
  } finally {
    await deployment.stop()
  }
}
