import { hostAndPort } from '../text/index.ts'

/** Host and port of a node, as sentinels and clients see it. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** `host:port`, for messages. */
export function formatAddress(address: Address): string {
  return hostAndPort(address.host, address.port)
}

/** Compares host text and port; names are not resolved. */
export function sameAddress(left: Address | undefined, right: Address | undefined): boolean {
  return left !== undefined && right !== undefined && left.host === right.host && left.port === right.port
}
