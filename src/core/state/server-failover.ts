/** The state of the server command FAILOVER, from INFO. */
export type ServerFailover = 'no-failover' | 'waiting-for-sync' | 'failover-in-progress'
