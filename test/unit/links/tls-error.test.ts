/** How the log tells why a link with TLS failed: one line, without function names and files of the library. */
import { describe, expect, it } from 'vitest'

import { reasonOf } from '../../../src/links/link-error.ts'

const failure = (code: string, message: string) => Object.assign(new Error(message), { code })

describe('the loss of a link with TLS', () => {
  it.each([
    [
      failure('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', '407F:error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:../a.c:1605:SSL alert number 48\n'),
      'error:0A000418:SSL routines::tlsv1 alert unknown ca',
    ],
    [
      failure('EPROTO', 'write EPROTO 407F:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../a.c:354:\n'),
      'error:0A00010B:SSL routines::wrong version number',
    ],
    [failure('CERT_HAS_EXPIRED', 'certificate has expired'), 'certificate verify failed: certificate has expired'],
    [
      failure('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'),
      'certificate verify failed: unable to verify the first certificate',
    ],
    [failure('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'), 'Connection refused'],
    [new Error('something else'), 'something else'],
  ])('is reported with its reason: %s', (error, reason) => {
    expect(reasonOf(error)).toBe(reason)
  })
})
