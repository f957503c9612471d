/** Node gives the whole line of the library, with function, file and line number; the original omits those. */
const LIBRARY_LINE = /error:([0-9A-F]{8}):([^:]*):[^:]*:([^:]*)/

/** Error codes about a certificate, such as CERT_HAS_EXPIRED. */
const CERTIFICATE_CODE = /^(?:CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_|PATH_LENGTH_|ERROR_IN_CERT_)/

/** The TLS error in one line; undefined for other errors. */
export function tlsReason(error: Error): string | undefined {
  const [, number, library, reason] = LIBRARY_LINE.exec(error.message) ?? []
  if (number !== undefined) return `error:${number}:${library}::${reason?.trim()}`
  const isCertificate = 'code' in error && typeof error.code === 'string' && CERTIFICATE_CODE.test(error.code)
  return isCertificate ? `certificate verify failed: ${error.message}` : undefined
}
