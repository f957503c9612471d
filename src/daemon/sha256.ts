import { createHash } from 'node:crypto'

import { toBytes } from '../text/index.ts'

/** Of the bytes that the text stands for; lower-case hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(toBytes(text), 'latin1').digest('hex')
}
