import { formatAddress } from '../address.ts'
import { redisUrl, type ConnectionVariables } from '../client-connection.ts'
import type { Deployment } from '../deployment.ts'

/** Where an application reaches the control interface. */
export interface ControlAccess {
  /** Of the deployment: operations are below it. */
  readonly url: string
  readonly token: string
}

/** The variables that an application gets; what does not apply is undefined, and removed from its environment. */
export type ApplicationEnvironment = Readonly<Record<string, string | undefined>>

/** A variable of the caller, such as the password of another server, must not pass for one of the deployment. */
const REMOVED: Readonly<Record<keyof ConnectionVariables, undefined>> = {
  SENTINELS: undefined, REDIS_MASTER_NAME: undefined, REDIS_USER: undefined, REDIS_PASSWORD: undefined,
  SENTINEL_USER: undefined, SENTINEL_PASSWORD: undefined, REDIS_TLS_CA: undefined, REDIS_TLS_CERT: undefined,
  REDIS_TLS_KEY: undefined, REDIS_CLIENT_ADDRESS: undefined, REDIS_PROXY: undefined, REDIS_PROXY_URL: undefined,
}

/**
 * The environment for an application of any language: addresses, logins and certificates of a deployment. Of several
 * masters, `REDIS_MASTER` and so on describe the first.
 */
export function applicationEnvironment(deployment: Deployment, control?: ControlAccess): ApplicationEnvironment {
  const { group: { nodes, plan }, tls } = deployment
  const [first] = nodes
  const [master, ...replicas] = nodes.map((node) => formatAddress(node.address))
  return {
    ...REMOVED,
    ...deployment.connection('env'),
    REDIS_MASTER_NAMES: deployment.groups.map((group) => group.name).join(','),
    REDIS_MASTER: master,
    REDIS_REPLICAS: replicas.join(','),
    REDIS_URL: first === undefined ? undefined : redisUrl(first.address, plan, tls !== undefined),
    ...deployment.resolver?.environment(process.env['NODE_OPTIONS']),
    HARNESS_URL: control?.url,
    HARNESS_TOKEN: control?.token,
  }
}
