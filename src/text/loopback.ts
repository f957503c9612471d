/** Whether a host is this machine: `localhost`, `127.0.0.1`, `::1`, `[::1]`, `::ffff:127.0.0.1`. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || /^(?:\[?::1\]?$|(?:::ffff:)?127\.)/i.test(host)
}
