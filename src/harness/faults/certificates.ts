import { once } from 'node:events'
import { connect } from 'node:tls'

import type { Deployment } from '../deployment.ts'
import type { DeploymentTls } from '../deployment-tls.ts'
import { eventually, notYet } from '../eventually.ts'
import type { NodeProcess } from '../node-process.ts'
import { RedisProcess } from '../redis-process.ts'
import type { SentinelProcess } from '../sentinel-process.ts'
import { markFault, type MarkedFault } from './deployment-fault.ts'

/** Time limit for a connection that looks at the certificate. */
const CONNECT_MS = 2_000

/**
 * Gives a process a certificate that has expired, or expires in some seconds, and makes it use that. Open connections
 * stay; new ones fail at clients that verify, which sentinels and replicas do as well. The harness itself still reaches
 * the process. The end gives it a valid certificate again. A genuine sentinel is restarted for that, because it cannot
 * reload.
 *
 * @param seconds until the certificate expires; default 0: it has expired already
 * @throws Error unless the deployment has `tls`
 */
export async function expireCertificate(
  deployment: Deployment, process: RedisProcess | SentinelProcess, { seconds = 0 }: { readonly seconds?: number } = {},
): Promise<MarkedFault> {
  const authority = deployment.tls?.authority
  if (authority === undefined) throw new Error('certificates need a deployment with tls: true')
  const when = seconds > 0 ? `expires in ${seconds} s` : 'has expired'
  const fault = markFault(deployment, process.name, `certificate ${when}`, async () => {
    authority.renew(process.name)
    await useCertificate(deployment, process)
  })
  authority.renew(process.name, seconds > 0 ? { endsAt: new Date(Date.now() + seconds * 1_000) } : { expired: true })
  await useCertificate(deployment, process)
  return fault
}

/** Resolves when the process presents the certificate that is in its file now. */
async function useCertificate(deployment: Deployment, process: RedisProcess | SentinelProcess): Promise<void> {
  if (!process.running) return
  if (process instanceof RedisProcess) {
    const [, path] = await process.call(['CONFIG', 'GET', 'tls-cert-file']) as [string, string]
    // The server reads certificate and key again, although the name of the file is the same.
    await process.call(['CONFIG', 'SET', 'tls-cert-file', path])
  } else if (process.kind === 'ours') process.process.reload()
  else await process.restart()
  const wanted = deployment.tls?.authority.fingerprint(process.name)
  await eventually(`the new certificate of ${process.name}`, async () => {
    const presented = await presentedBy(process, deployment.tls)
    if (presented !== wanted) throw notYet('it presents the old one')
  }, { everyMs: 10 })
}

/** The fingerprint of the certificate that a server presents. */
async function presentedBy({ address }: NodeProcess, tls: DeploymentTls | undefined): Promise<string | undefined> {
  const { host, port } = address
  const socket = connect({ host, port, cert: tls?.cert, key: tls?.key, rejectUnauthorized: false })
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(CONNECT_MS) })
    return socket.getPeerX509Certificate()?.fingerprint256
  } finally {
    socket.destroy()
  }
}
