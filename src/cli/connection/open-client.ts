/** Connects to a sentinel and logs in. */
import type { ConnectionOptions } from 'node:tls'

import { errorOf } from '../../explain/index.ts'
import { NodeClient, type NodeAddress } from '../node-client/node-client.ts'
import type { Login } from './connection-options.ts'
import { ToolFailure } from './errors.ts'
import { loadTlsFiles } from './tls-files.ts'

/** A login whose files have been read. */
export interface LoadedLogin {
  readonly user: string | undefined
  readonly password: string | undefined
  readonly tls: ConnectionOptions | undefined
}

/** @throws UsageError for a file that cannot be read */
export function loadLogin({ tls, ...login }: Login): LoadedLogin {
  return { ...login, tls: tls === undefined ? undefined : loadTlsFiles(tls) }
}

/** @throws NodeUnreachable, and ToolFailure when the login is refused */
export async function openClient(
  { host, port }: NodeAddress, { user, password, tls }: LoadedLogin,
): Promise<NodeClient> {
  const client = await NodeClient.open({ host, port, tls })
  if (password === undefined) return client
  try {
    const problem = errorOf(await client.call('AUTH', ...user === undefined ? [] : [user], password))
    if (problem !== undefined) throw new ToolFailure(`the login was refused: "${problem}"`)
    return client
  } catch (error) {
    client.close()
    throw error
  }
}
