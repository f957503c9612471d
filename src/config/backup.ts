/**
 * The backup of a save that writes its file in place (docs/decisions/0057-state-config-file.md). It is there only while
 * such a save runs, and holds the old and the new text of the file. After a crash the file is a mixture of both: then
 * the start takes the new text from the backup. A file that is no such mixture was changed by another program since,
 * and stays as it is.
 */
import { createHash } from 'node:crypto'

/** A change of a file that is written in place; both texts are byte text. */
export interface InPlaceChange {
  readonly old: string
  readonly text: string
}

const TITLE = 'ts-sentinel-backup'
const VERSION = 1

/** The backup as byte text. */
export function encodeBackup({ old, text }: InPlaceChange): string {
  const body = `${old.length}\n${old}${text}`
  return `${TITLE} ${VERSION} ${digest(body)}\n${body}`
}

/** Undefined for a text that is no complete backup. */
export function decodeBackup(bytes: string): InPlaceChange | undefined {
  const [title, body] = firstLine(bytes)
  if (title !== `${TITLE} ${VERSION} ${digest(body)}`) return undefined
  const [length, texts] = firstLine(body)
  return { old: texts.slice(0, Number(length)), text: texts.slice(Number(length)) }
}

function firstLine(text: string): readonly [line: string, rest: string] {
  const end = text.indexOf('\n')
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 1)]
}

/** What a backup says about a file with these bytes. */
export type Verdict =
  /** The save was complete. */
  | 'complete'
  /** It was interrupted: the new text of the backup is the right one. */
  | 'interrupted'
  /** Another program has changed the file since. */
  | 'changed'

export function judgeBackup(found: string, { old, text }: InPlaceChange): Verdict {
  if (found === text) return 'complete'
  return isMixture(found, old, text) ? 'interrupted' : 'changed'
}

/** Each byte is the old or the new one, or 0 where the file system had not written it yet. */
function isMixture(found: string, old: string, text: string): boolean {
  if (found.length > Math.max(old.length, text.length)) return false
  for (let at = 0; at < found.length; at++) {
    const byte = found.charCodeAt(at)
    if (byte !== 0 && byte !== text.charCodeAt(at) && byte !== old.charCodeAt(at)) return false
  }
  return true
}

/**
 * Where the backup of a file may be, the best place first: beside it, or in one of `folders`. The name depends on the
 * path, because a folder may have the backups of several files of one name.
 */
export function backupPaths(path: string, folders: readonly string[]): readonly string[] {
  const at = path.lastIndexOf('/')
  const name = `${path.slice(at + 1)}.${digest(Buffer.from(path).toString('latin1')).slice(0, 8)}.ts-sentinel-backup`
  return [...new Set([path.slice(0, at), ...folders].map((folder) => `${folder === '/' ? '' : folder}/${name}`))]
}

function digest(bytes: string): string {
  return createHash('sha256').update(bytes, 'latin1').digest('hex')
}
