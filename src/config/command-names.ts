/** Commands of a Sentinel that the top-level `rename-command` may name (config.md 4.3). */
export const SENTINEL_COMMAND_NAMES: readonly string[] = Object.freeze([
  'acl', 'auth', 'client', 'command', 'hello', 'info', 'ping', 'psubscribe', 'publish', 'punsubscribe',
  'role', 'sentinel', 'shutdown', 'subscribe', 'unsubscribe',
])
