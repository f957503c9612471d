/**
 * ioredis as a dumb pipe. Everything that it would do by itself is switched off here and nowhere else: the core owns
 * time, retries and what is said on a connection.
 */
import type { RedisOptions } from 'ioredis'

/** Every option that could matter is passed explicitly, so that a new default of the library changes nothing. */
export function pipeOptions(Connector: NonNullable<RedisOptions['Connector']>) {
  return {
    Connector,
    lazyConnect: true,
    // RESP2 without HELLO (behaviour.md 3.1).
    protocol: 2 as const,
    replyMapping: 'legacy' as const,
    // Integers arrive as text and so keep all their 64 bits.
    stringNumbers: true,
    // No retry, no resend, no resubscription: a lost connection is reported and forgotten.
    retryStrategy: null,
    reconnectOnError: null,
    maxRetriesPerRequest: null,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    // Commands asked before the connection stands wait in our own bounded queue and die with it.
    enableOfflineQueue: false,
    // No INFO, no CLIENT SETINFO, no CLIENT SETNAME, no SELECT, no AUTH, no READONLY, no MONITOR of its own.
    enableReadyCheck: false,
    disableClientInfo: true,
    connectionName: undefined,
    db: 0,
    username: undefined,
    password: undefined,
    readOnly: false,
    monitor: false,
    keyPrefix: '',
    enableAutoPipelining: false,
    // No timers: the core closes connections that take too long or fall silent (behaviour.md 3.5).
    connectTimeout: 0,
    disconnectTimeout: 0,
    commandTimeout: undefined,
    blockingTimeout: undefined,
    socketTimeout: undefined,
    noDelay: true,
    keepAlive: 30_000,
    sentinels: undefined,
    showFriendlyErrorStack: false,
  }
}
