/** Sentinels of a deployment with a ts-sentinel.ini each. */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { claimPort, startDeployment, type Deployment, type DeploymentOptions } from '../../../src/harness/index.ts'

export interface HttpDeployment {
  readonly deployment: Deployment
  /** Of the sentinel with this number: `http://127.0.0.1:12345`. */
  readonly url: (sentinel: number) => string
}

/**
 * Starts a deployment whose sentinels all listen for HTTP. `more` gives further lines of the settings. Ends when `use`
 * does, with everything cleaned up.
 */
export async function withHttp(
  options: DeploymentOptions, use: (given: HttpDeployment) => Promise<void>, more: readonly string[] = [],
): Promise<void> {
  const deployment = await startDeployment({ ...options, started: false })
  const claimed = await Promise.all(deployment.sentinels.map(() => claimPort()))
  try {
    for (const [at, sentinel] of deployment.sentinels.entries()) {
      const lines = ['[http]', `listen = 127.0.0.1:${claimed[at]?.port ?? 0}`, ...more]
      writeFileSync(join(dirname(sentinel.configFile), 'ts-sentinel.ini'), `${lines.join('\n')}\n`)
    }
    await deployment.start()
    await deployment.waitUntilFormed()
    await use({ deployment, url: (sentinel) => `http://127.0.0.1:${claimed[sentinel]?.port ?? 0}` })
  } finally {
    await deployment.stop()
    for (const port of claimed) port.release()
  }
}
