/** Rules about the file of our own state, beside sentinel.conf. Without it a sentinel works, with less memory. */
import { readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'

import { ownStatePath, readOwnState, type Unusable } from '../../own-state/index.ts'
import { isMountPoint } from './check-environment.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

export function checkOwnState({ config }: LoadedFile): Finding[] {
  const path = ownStatePath(config.saved.path)
  const reading = readOwnState(path)
  return [
    ...reading.kind === 'good' || reading.kind === 'missing' ? [] : [finding('warning', `own-state-${reading.kind}`, path, [
      `the file ${WHAT[reading.kind]} (${reading.why}): the next start sets it aside, and the history of failovers and the known `
      + 'replication ids begin again',
      TODO[reading.kind],
    ])],
    ...!isMountPoint(path) ? [] : [finding('warning', 'own-state-is-mount', path, [
      'the file is a mount point: it cannot be replaced (Device or resource busy), so the history of failovers is lost at a restart',
      'mount the folder that holds the file instead of the file',
    ])],
    ...setAside(path),
  ]
}

function setAside(path: string): Finding[] {
  const ending = /\.(damaged|newer|unreadable)-\d+$/
  const found = namesIn(dirname(path)).filter((name) => name.replace(ending, '') === basename(path) && ending.test(name))
  const [first] = found.sort()
  return first === undefined ? [] : [finding('advice', 'own-state-set-aside', `${dirname(path)}/${first}`, [
    found.length === 1
      ? 'a start set this file aside, because it could not be used'
      : `earlier starts set this file and ${found.length - 1} more aside, because they could not be used`,
    'look at them and remove them; after nine of a kind, the next one stays in its place and is not used',
  ])]
}

/** None when the folder cannot be read: `file-rules.ts` reports that. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

const WHAT: Readonly<Record<Unusable, string>> = {
  damaged: 'is damaged', newer: 'was written by a newer ts-sentinel', unreadable: 'cannot be read',
}

const TODO: Readonly<Record<Unusable, string>> = {
  damaged: 'nothing has to be done; look for errors of the disk, and remove the file or put a copy in its place while the sentinel is stopped',
  newer: 'use the newer program, or accept that its memory is set aside',
  unreadable: 'make the user of the sentinel its owner',
}
