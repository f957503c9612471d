/** Reads the file of our own state. It changes nothing on the disk, so that `check` can use it, too. */
import { readFileSync, statSync } from 'node:fs'

import { systemErrorCode, systemErrorText } from '../text/index.ts'
import { KeptTexts } from './kept-texts.ts'
import { decode, type OwnContent } from './format.ts'
import { FILE_BYTES_MAX } from './limits.ts'
import type { Unusable } from './unusable-file.ts'

/** Beside the configuration: its path with this ending. */
const ENDING = '.ts-sentinel.json'

export function ownStatePath(configFile: string): string {
  return `${configFile}${ENDING}`
}

export type Reading =
  | { readonly kind: 'good', readonly content: OwnContent, readonly texts: KeptTexts }
  | { readonly kind: 'missing' }
  | { readonly kind: Unusable, readonly why: string }

/** Reads synchronously, for the start, when nothing else needs the event loop. */
export function readOwnState(path: string): Reading {
  const found = readText(path, FILE_BYTES_MAX)
  if (found.kind !== 'text') return found
  const texts = new KeptTexts()
  const decoded = decode(found.text, texts)
  return decoded.kind === 'good' ? { ...decoded, texts } : decoded
}

export type TextReading =
  | { readonly kind: 'text', readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: Unusable, readonly why: string }

/** Reads the text of a file of ours, as byte text. */
export function readText(path: string, bytesMax: number): TextReading {
  try {
    const found = statSync(path)
    if (!found.isFile()) return { kind: 'unreadable', why: 'it is not a file' }
    if (found.size > bytesMax) return { kind: 'damaged', why: `it has more than ${bytesMax} bytes` }
    return { kind: 'text', text: readFileSync(path, 'latin1') }
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { kind: 'missing' }
    return { kind: 'unreadable', why: systemErrorText(error) }
  }
}
