export interface Resolver {
  /**
   * Looks up one address of a host name. `done` runs once, asynchronously, within the time limit. Never throws.
   * `failure` says why there is no address.
   */
  resolve(host: string, done: (address: string | undefined, failure?: string) => void): void
}
