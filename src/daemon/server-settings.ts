import type { Settings } from '../config/index.ts'
import {
  DEFAULT_SERVER_SETTINGS, HANDSHAKE_MS_MAX, tlsAcceptor,
  type ListenerSettings, type ServerSettings, type TlsAcceptorOptions,
} from '../server/index.ts'

export interface ListeningParts {
  /** `maxclients`, lowered to what the limit on open files allows. */
  readonly maxClients: number
  /** Undefined when no listener uses TLS. */
  readonly tls: TlsAcceptorOptions | undefined
}

/** The settings of the server module that follow from the configuration. */
export function serverSettings(settings: Settings, { maxClients, tls }: ListeningParts): ServerSettings {
  return {
    ...DEFAULT_SERVER_SETTINGS,
    listeners: listeners(settings, tls === undefined ? undefined : withinTimeout(tls, settings.idleTimeoutSeconds)),
    maxClients,
    idleTimeoutSeconds: settings.idleTimeoutSeconds,
    keepAliveSeconds: settings.tcpKeepaliveSeconds,
    protectedMode: settings.protectedMode,
    requestLimits: { bulkBytesMax: settings.maxBulkLengthBytes, bufferBytesMax: settings.queryBufferLimitBytes },
    outputLimits: { normal: settings.outputBufferLimits.normal, pubsub: settings.outputBufferLimits.pubsub },
  }
}

function listeners(settings: Settings, tls: TlsAcceptorOptions | undefined): ListenerSettings[] {
  const { port, tlsPort, bind, unixSocket, unixSocketPermissions, tcpBacklog } = settings
  const found: ListenerSettings[] = []
  if (port !== 0 && bind.length > 0) found.push({ kind: 'tcp', bind, port, backlog: tcpBacklog })
  if (tls !== undefined && bind.length > 0) {
    found.push({ kind: 'tls', bind, port: tlsPort, backlog: tcpBacklog, acceptor: tlsAcceptor(tls) })
  }
  if (unixSocket !== undefined) {
    found.push({ kind: 'unix', path: unixSocket, mode: unixSocketPermissions, backlog: tcpBacklog })
  }
  return found
}

/** `timeout` counts from the arrival of a connection, so it may end a handshake before `HANDSHAKE_MS_MAX` does. */
function withinTimeout(tls: TlsAcceptorOptions, idleSeconds: number): TlsAcceptorOptions {
  return idleSeconds === 0 ? tls : { ...tls, handshakeMs: Math.min(HANDSHAKE_MS_MAX, idleSeconds * 1000) }
}
