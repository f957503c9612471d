import { createHash } from 'node:crypto'

import { toBytes } from '../text/index.ts'

/** The hash of the bytes that `text` holds, in lower-case hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(toBytes(text), 'latin1').digest('hex')
}
