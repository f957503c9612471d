export interface Resolver {
  /** Looks up one address of a host name. `done` runs once, asynchronously, within the time limit. Never throws. */
  resolve(host: string, done: (address: string | undefined) => void): void
}
