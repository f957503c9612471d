/** Why a connection failed, in plain words and with the option that helps, in place of the texts of the TLS library. */

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['EHOSTUNREACH', 'no route to host'],
  ['ENETUNREACH', 'no route to host'],
  ['ENOTFOUND', 'the host name cannot be resolved'],
  ['EAI_AGAIN', 'the host name cannot be resolved'],
])

const OWN_CERTIFICATE = '--cert FILE and --key FILE'
const UNTRUSTED = 'its certificate is not signed by an authority that is trusted here; give --cacert FILE with the certificate of its authority'
const NOT_ACCEPTED = `it does not accept the client certificate; give another one with ${OWN_CERTIFICATE}`

/** By the code of Node.js; those with ALERT are what the other side has sent. */
const TLS_REASONS: ReadonlyMap<string, string> = new Map([
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', `it requires a client certificate; give ${OWN_CERTIFICATE}`],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', `it refused the TLS handshake; it may require a client certificate (${OWN_CERTIFICATE})`],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', `it does not trust the authority of the client certificate; give another one with ${OWN_CERTIFICATE}`],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', `the client certificate has expired; give another one with ${OWN_CERTIFICATE}`],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', NOT_ACCEPTED],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', NOT_ACCEPTED],
  ['ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE', NOT_ACCEPTED],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED', NOT_ACCEPTED],
  ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'it has no certificate for this server name; give another one with --sni NAME'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'it speaks no version of TLS that this program accepts'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'this port does not speak TLS; leave --tls, --cacert, --cert, --sni and rediss:// out'],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNTRUSTED],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNTRUSTED],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNTRUSTED],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not yet valid; compare the clocks'],
])

/** Where the connection ended without a word, which is what a port that wants TLS does to a plain request. */
const PLAIN_CLOSED = 'it closed the connection without an answer; if this port is for TLS, give --tls or --cacert FILE'

export interface ConnectionMood {
  readonly usesTls: boolean
  /** A client certificate was given. */
  readonly showsCertificate: boolean
}

/** `error` is undefined where the other side closed the connection. */
export function connectionReason(
  error: NodeJS.ErrnoException | undefined, { usesTls, showsCertificate }: ConnectionMood,
): string {
  const code = error?.code ?? 'ECONNRESET'
  if (['ECONNRESET', 'EPIPE', 'ECONNABORTED'].includes(code)) {
    if (!usesTls) return PLAIN_CLOSED
    return showsCertificate
      ? `it closed the connection without an answer; it may not trust the client certificate (${OWN_CERTIFICATE})`
      : `it closed the connection without an answer; it may require a client certificate (${OWN_CERTIFICATE})`
  }
  const known = REASONS.get(code) ?? TLS_REASONS.get(code)
  if (known !== undefined) return known
  return error === undefined ? code : oneLine(error.message)
}

/** The library's line without its process, function, file and line number. */
function oneLine(message: string): string {
  const reason = /error:[0-9A-F]{8}:[^:]*:[^:]*:([^:]+)/.exec(message)?.[1]
  return reason === undefined ? message.trim() : `TLS: ${reason.trim()}`
}
