import type { Socket } from 'node:net'

import type { CommandEnvironment } from '../commands/index.ts'
import { isLoopback } from '../text/index.ts'
import type { Registry } from './client-registry.ts'
import type { ServerSettings } from './settings.ts'

/** Which connections are accepted, before any request is read (protocol.md 5.2). */

const TOO_MANY = '-ERR max number of clients reached\r\n'

const PROTECTED = '-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. In this mode connections are only accepted from the loopback interface. If you want to connect from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode sending the command \'CONFIG SET protected-mode no\' from the loopback interface by connecting to Redis from the same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode by editing the Redis configuration file, and setting the protected mode option to \'no\', and then restarting the server. 3) If you started the server manually just for testing, restart it with the \'--protected-mode no\' option. 4) Set up an authentication password for the default user. NOTE: You only need to do one of the above things in order for the server to start accepting connections from the outside.\r\n'

export interface Admission {
  readonly settings: ServerSettings
  readonly registry: Registry
  readonly access: CommandEnvironment['access']
  /** Set for a connection by a unix socket. */
  readonly unixPath: string | undefined
}

/** The error line for a connection that is refused, or undefined. */
export function refusalToAdmit(socket: Socket, admission: Admission): string | undefined {
  const { settings, registry, access, unixPath } = admission
  if (registry.count >= settings.maxClients) return TOO_MANY
  // Whether the default user is on does not count, as in the original.
  const isUnprotected = settings.protectedMode && access.defaultNeedsNoPassword
  if (isUnprotected && unixPath === undefined && !isLoopback(socket.remoteAddress ?? '')) return PROTECTED
  return undefined
}
