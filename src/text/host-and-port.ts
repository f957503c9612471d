/** How an address is shown, and key and display name of a replica (behaviour.md 1.6.2): `host:port`, `[v6]:port`. */
export function hostAndPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
