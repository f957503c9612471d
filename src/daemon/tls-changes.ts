/** What is different in certificates, keys and authorities that were read again, in words for the log. */
import { X509Certificate } from 'node:crypto'

import type { TlsSettings } from '../config/index.ts'
import { count } from '../text/index.ts'
import type { ContextOptions, Contexts } from './tls.ts'

/** Directives that take effect while the program runs. */
export const LIVE_TLS_DIRECTIVES: readonly string[] = [
  'tls-cert-file', 'tls-key-file', 'tls-key-file-pass', 'tls-client-cert-file', 'tls-client-key-file',
  'tls-client-key-file-pass', 'tls-ca-cert-file', 'tls-ca-cert-dir',
]

/** One line for each difference; none when nothing uses TLS. `settings`: those by which `after` was read. */
export function contextChanges(
  before: Contexts | undefined, after: Contexts | undefined, { certFile, clientCertFile, clientKeyFile }: TlsSettings,
): readonly string[] {
  if (before === undefined || after === undefined) return []
  const hasClientFiles = clientCertFile !== undefined && clientKeyFile !== undefined
  const { ca, dhparam } = after.server
  return [
    ...identityLines(before.server, after.server, `tls-cert-file ${certFile}`),
    ...hasClientFiles ? identityLines(before.client, after.client, `tls-client-cert-file ${clientCertFile}`) : [],
    ...isSame(before.server.ca, ca) ? [] : [`the trusted certificates changed: ${count(ca.length, 'file')} read`],
    ...isSame([before.server.dhparam], [dhparam]) ? [] : ['the parameters of tls-dh-params-file changed'],
  ]
}

function identityLines(before: ContextOptions, after: ContextOptions, named: string): string[] {
  if (!isSame([before.cert], [after.cert])) return [`the certificate of ${named} changed: ${certificateText(after.cert)}`]
  return isSame([before.key], [after.key]) ? [] : [`the key of ${named} changed`]
}

function certificateText(pem: Buffer): string {
  const { subject, validTo } = new X509Certificate(pem)
  return `${subject.replaceAll('\n', ', ')}, valid until ${new Date(validTo).toISOString()}`
}

function isSame(before: readonly (Buffer | string)[], after: readonly (Buffer | string)[]): boolean {
  const [old, now] = [before, after].map((parts) => parts.map((part) => part.toString('latin1')))
  return old?.length === now?.length && old?.every((text, at) => text === now?.[at]) === true
}
