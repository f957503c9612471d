import { startDeployment, type Deployment } from './deployment.ts'
import { messageOf } from './eventually.ts'
import type { DeploymentOptions } from './options.ts'

/** The work on a deployment failed; the message holds the end of the timeline, `cause` is the original error. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError'
}

/**
 * Starts a deployment, runs `work` on it and stops it, also when `work` fails.
 *
 * @throws DeploymentError when `work` fails, with the last entries of the timeline in the message
 */
export async function withDeployment<T>(
  options: DeploymentOptions,
  work: (deployment: Deployment) => Promise<T>,
): Promise<T> {
  const deployment = await startDeployment(options)
  try {
    return await work(deployment)
  } catch (error) {
    const kinds = deployment.sentinels.map((sentinel) => `${sentinel.name} is ${sentinel.kind}`).join(', ')
    throw new DeploymentError(
      `${messageOf(error)}\n\nThe timeline ends with (${kinds}):\n${deployment.timeline.tail(80)}`,
      { cause: error },
    )
  } finally {
    await deployment.stop()
  }
}
