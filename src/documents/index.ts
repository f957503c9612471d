/**
 * The JSON documents of HTTP and of the command line tools: types alone, without imports, so that the browser code and
 * programs of others can use them. Times are in ISO 8601, durations (`…Ms`) in milliseconds, addresses as
 * `10.0.0.1:6379` or `[::1]:6379`. Each document begins with `schemaVersion`. Fields may be added within a version;
 * they are renamed, removed or change their meaning only with a new one.
 */
export type * from './actions.ts'
export type * from './check.ts'
export type * from './drill.ts'
export type * from './values.ts'
export type * from './events.ts'
export type * from './explanation.ts'
export type * from './failovers.ts'
export type * from './fleet.ts'
export type * from './masters.ts'
export type * from './probes.ts'
export type * from './proxy.ts'
export type * from './tools.ts'
