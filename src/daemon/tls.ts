import type { Settings } from '../config/index.ts'

/**
 * TLS is not there yet. A configuration that asks for it must not run without: passwords and votes would travel in
 * the clear.
 */
export function tlsObstacles({ tlsPort, tls }: Settings): string[] {
  if (tlsPort === 0 && !tls.replication && !tls.cluster) return []
  return [
    'TLS is not supported by this release: remove tls-port, tls-replication and tls-cluster, or use redis-sentinel.',
    'Failed to configure TLS. Check logs for more info.',
  ]
}
