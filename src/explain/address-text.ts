import { hostAndPort } from '../text/index.ts'

/** `host:port`, `[v6]:port`. */
export function addressText({ host, port }: { readonly host: string, readonly port: number | string }): string {
  return hostAndPort(host, port)
}
