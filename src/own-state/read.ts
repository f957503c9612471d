/** Reads the file of our own state. It changes nothing on the disk, so that `check` can use it, too. */
import { readFileSync, statSync } from 'node:fs'

import { systemErrorCode, systemErrorText } from '../text/index.ts'
import { KeptTexts } from './kept-texts.ts'
import { decode, type OwnContent } from './format.ts'
import { FILE_BYTES_MAX } from './limits.ts'

/** Beside the configuration: its path with this ending. */
const ENDING = '.ts-sentinel.json'

export function ownStatePath(configFile: string): string {
  return `${configFile}${ENDING}`
}

/** Why a file cannot be used. It is also the ending of the name under which it is set aside. */
export type Unusable = 'damaged' | 'newer' | 'unreadable'

export type Reading =
  | { readonly kind: 'good', readonly content: OwnContent, readonly texts: KeptTexts }
  | { readonly kind: 'missing' }
  | { readonly kind: Unusable, readonly why: string }

/** Reads synchronously, for the start, when nothing else needs the event loop. */
export function readOwnState(path: string): Reading {
  let text
  try {
    const found = statSync(path)
    if (!found.isFile()) return { kind: 'unreadable', why: 'it is not a file' }
    if (found.size > FILE_BYTES_MAX) return { kind: 'damaged', why: `it has more than ${FILE_BYTES_MAX} bytes` }
    text = readFileSync(path, 'latin1')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { kind: 'missing' }
    return { kind: 'unreadable', why: systemErrorText(error) }
  }
  const texts = new KeptTexts()
  const decoded = decode(text, texts)
  return decoded.kind === 'good' ? { ...decoded, texts } : decoded
}
