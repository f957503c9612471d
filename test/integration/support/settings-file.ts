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
 * Starts a deployment. `settings` gives the lines of ts-sentinel.ini for a sentinel that may listen on this port; no
 * lines, no file. Ends when `use` does, with everything cleaned up.
 */
export async function withSettings(
  options: DeploymentOptions,
  settings: (httpPort: number, deployment: Deployment) => readonly string[],
  use: (given: HttpDeployment) => Promise<void>,
): Promise<void> {
  const deployment = await startDeployment({ ...options, started: false })
  const claimed = await Promise.all(deployment.sentinels.map(() => claimPort()))
  const portOf = (sentinel: number) => claimed[sentinel]?.port ?? 0
  try {
    for (const [at, sentinel] of deployment.sentinels.entries()) {
      const lines = settings(portOf(at), deployment)
      const file = join(dirname(sentinel.configFile), 'ts-sentinel.ini')
      if (lines.length > 0) writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
    }
    await deployment.start()
    if (options.formed !== false) await deployment.waitUntilFormed()
    await use({ deployment, url: (sentinel) => `http://127.0.0.1:${portOf(sentinel)}` })
  } finally {
    await deployment.stop()
    for (const port of claimed) port.release()
  }
}

/** The same with HTTP on. `more` gives further lines of the [http] section and others. */
export function withHttp(
  options: DeploymentOptions, use: (given: HttpDeployment) => Promise<void>, more: readonly string[] = [],
): Promise<void> {
  return withSettings(options, (port) => ['[http]', `listen = 127.0.0.1:${port}`, ...more], use)
}
