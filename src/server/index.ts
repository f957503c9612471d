/** The entry point of the server: listener and connections of clients. */
export type { ListenResult, Server, ServerOptions, ServerWorld } from './server.ts'
export { createServer } from './server.ts'
export type {
  Acceptor, AcceptorEvents, AcceptorOptions, ListenerSettings, OutputLimit, ServerSettings, TcpListenerSettings,
  UnixListenerSettings,
} from './settings.ts'
export { DEFAULT_SERVER_SETTINGS } from './settings.ts'
export { HANDSHAKE_MS_MAX } from './limits.ts'
export { tlsAcceptor, type TlsAcceptorOptions } from './tls-acceptor.ts'
