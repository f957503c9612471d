/** Rules about TLS settings of which only a part is there, and about the dates of certificates. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

const DAY_MS = 86_400_000

/** Days before the end of a certificate at which a warning begins. */
const DAYS_LEFT_MIN = 14

/** `now` is in milliseconds since 1970. */
export function checkTls(file: LoadedFile, now = Date.now()): Finding[] {
  return [...partlySetUp(file), ...halfIdentity(file), ...certificateDates(file, now)]
}

/** A finding about TLS that prevents the start; `obstacles` are the log lines of the program. */
export function tlsObstacle({ lines }: LoadedFile, obstacles: readonly string[]): Finding {
  const [first = ''] = obstacles
  const missing = /^No (tls-[a-z-]+) configured/.exec(first)?.[1] ?? (/^Either tls-ca-cert-file/.test(first) ? 'tls-ca-cert-file' : undefined)
  const named = lines.find(({ words }) => words.length > 1 && /^tls-/i.test(words[0] ?? '') && first.includes(words[1] ?? ''))
  const reason = lines.find(({ words: [name = '', value = ''] }) => /^tls-(?:port|replication|cluster)$/i.test(name) && !/^(?:0|no)$/i.test(value))
  return finding('error', 'tls-files', (named ?? reason)?.where ?? 'tls-port', [
    `TLS cannot be set up, and the program does not start: ${obstacles.join(' ')}`,
    missing === undefined ? 'correct this file or line; on another machine than that of the sentinel, give --cacert, --cert and --key' : `add the line \`${missing} <path>\``,
  ])
}

function partlySetUp({ config: { settings, durable }, place }: LoadedFile): Finding[] {
  const { tls, tlsPort, port } = settings
  if (tls.replication && tlsPort === 0 && durable.announcePort === 0 && durable.masters.length > 0) {
    return [finding('error', 'tls-port-missing', place('tls-replication'), [
      'tls-replication is yes, so sentinels connect to each other with TLS, and this one has no tls-port: the others cannot ask for its vote',
      'add the line `tls-port 26379`, and `port 0` where no client connects without TLS',
    ])]
  }
  if (tlsPort !== 0 && port === 0 && !tls.replication) {
    return [finding('error', 'tls-replication-missing', place('tls-port'), [
      'this sentinel accepts only TLS, and connects to nodes and other sentinels without it: sentinels with the same settings cannot reach each other',
      'add the line `tls-replication yes` on all sentinels',
    ])]
  }
  const isOff = tlsPort === 0 && !tls.replication && !tls.cluster
  return !isOff || tls.certFile === undefined ? [] : [finding('warning', 'tls-unused', place('tls-cert-file'), [
    'the tls- lines have no effect: there is neither tls-port nor tls-replication',
    'add `tls-port 26379` for clients and sentinels, and `tls-replication yes` for links to nodes and sentinels, or remove the lines',
  ])]
}

function halfIdentity({ config: { settings: { tls } }, place }: LoadedFile): Finding[] {
  const { clientCertFile, clientKeyFile } = tls
  if ((clientCertFile === undefined) === (clientKeyFile === undefined)) return []
  const [there, missing] = clientCertFile === undefined
    ? ['tls-client-key-file', 'tls-client-cert-file'] : ['tls-client-cert-file', 'tls-client-key-file']
  return [finding('warning', 'tls-client-identity-half', place(there), [
    `${there} has no effect without ${missing}: links use tls-cert-file`, `add the line \`${missing} <path>\`, or remove this one`,
  ])]
}

/** Files that cannot be read are another finding. */
function certificateDates({ config: { settings: { tls } }, directory, place }: LoadedFile, now: number): Finding[] {
  const files = [['tls-cert-file', tls.certFile], ['tls-client-cert-file', tls.clientCertFile], ['tls-ca-cert-file', tls.caCertFile]] as const
  return files.flatMap(([name, path]) => {
    const certificate = path === undefined ? undefined : certificateIn(resolve(directory, path))
    if (certificate === undefined) return []
    const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
    const daysLeft = Math.floor((to - now) / DAY_MS)
    if (now >= from && daysLeft >= DAYS_LEFT_MIN) return []
    const [level, code, what] = now < from
      ? ['error', 'certificate-not-yet-valid', `is valid only from ${dayOf(from)} on: all TLS connections fail until then`] as const
      : now > to
        ? ['error', 'certificate-expired', `ended on ${dayOf(to)}: all TLS connections fail`] as const
        : ['warning', 'certificate-ends-soon', `ends on ${dayOf(to)}, in ${daysLeft} days: all TLS connections fail then`] as const
    return [finding(level, code, place(name), [
      `the certificate in ${path ?? ''} ${what}`, now < from ? 'check the clock of this machine' : 'issue a new certificate and send SIGHUP to the sentinel',
    ])]
  })
}

function certificateIn(path: string): X509Certificate | undefined {
  try {
    return new X509Certificate(readFileSync(path))
  } catch {
    // The rule about files reports what cannot be read.
    return undefined
  }
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
