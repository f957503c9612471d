import type { TlsSettings } from '../config/index.ts'

/** The options with which redis-cli reaches nodes and sentinels as this sentinel does; none without tls-replication. */
export function redisCliTls(
  { replication, authClients, caCertFile, caCertDir, certFile, keyFile, clientCertFile, clientKeyFile }: TlsSettings,
): readonly string[] {
  if (!replication) return []
  const option = (name: string, value: string | undefined): string[] => value === undefined ? [] : [name, value]
  const identity = authClients === 'no'
    ? [] : [...option('--cert', clientCertFile ?? certFile), ...option('--key', clientKeyFile ?? keyFile)]
  return ['--tls', ...option('--cacert', caCertFile), ...option('--cacertdir', caCertDir), ...identity]
}
