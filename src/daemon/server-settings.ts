import type { Settings } from '../config/index.ts'
import { DEFAULT_SERVER_SETTINGS, type ListenerSettings, type ServerSettings } from '../server/index.ts'

/** What the configuration says about the listening side, in the words of the server. */
export function serverSettings(settings: Settings, maxClients: number): ServerSettings {
  return {
    ...DEFAULT_SERVER_SETTINGS,
    listeners: listeners(settings),
    maxClients,
    idleTimeoutSeconds: settings.idleTimeoutSeconds,
    keepAliveSeconds: settings.tcpKeepaliveSeconds,
    protectedMode: settings.protectedMode,
    requestLimits: { bulkBytesMax: settings.maxBulkLengthBytes, bufferBytesMax: settings.queryBufferLimitBytes },
    outputLimits: { normal: settings.outputBufferLimits.normal, pubsub: settings.outputBufferLimits.pubsub },
  }
}

function listeners(settings: Settings): ListenerSettings[] {
  const { port, bind, unixSocket, unixSocketPermissions, tcpBacklog } = settings
  const found: ListenerSettings[] = []
  if (port !== 0 && bind.length > 0) found.push({ kind: 'tcp', bind, port, backlog: tcpBacklog })
  if (unixSocket !== undefined) {
    found.push({ kind: 'unix', path: unixSocket, mode: unixSocketPermissions, backlog: tcpBacklog })
  }
  return found
}
