/** Names of the adjustable periods, in the order in which SENTINEL DEBUG lists them. */
export const TUNABLES = [
  'info-period', 'ping-period', 'ask-period', 'publish-period', 'default-down-after', 'default-failover-timeout',
  'tilt-trigger', 'tilt-period', 'slave-reconf-timeout', 'min-link-reconnect-period', 'election-timeout',
  'script-max-runtime', 'script-retry-delay',
] as const
export type Tunable = typeof TUNABLES[number]
