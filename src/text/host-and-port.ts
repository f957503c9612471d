/** Address as text: `host:port`, `[v6]:port`. Also key and display name of a replica (behaviour.md 1.6.2). */
export function hostAndPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
