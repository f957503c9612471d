/**
 * Rules about the files of our own state and of the events, beside sentinel.conf. Without them a sentinel works, with
 * less memory.
 */
import { readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'

import { eventsPath, ownStatePath, readEvents, readOwnState, type Unusable } from '../../own-state/index.ts'
import { isMountPoint } from './check-environment.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

interface OwnFile {
  readonly path: string
  /** Begins the codes of its findings. */
  readonly code: string
  /** Why it cannot be used; undefined when it can, or is not there. */
  readonly problem: { readonly kind: Unusable, readonly why: string } | undefined
  /** What a start without the file does, and what a file that cannot be written does. */
  readonly begins: string
  readonly isLost: string
}

export function checkOwnState({ config: { saved } }: LoadedFile): Finding[] {
  return [ownState(ownStatePath(saved.path)), events(eventsPath(saved.path))].flatMap(findingsOf)
}

function ownState(path: string): OwnFile {
  const reading = readOwnState(path)
  return {
    path, code: 'own-state', problem: reading.kind === 'good' || reading.kind === 'missing' ? undefined : reading,
    begins: 'the history of failovers and the known replication ids begin again', isLost: 'the history of failovers is lost',
  }
}

function events(path: string): OwnFile {
  const reading = readEvents(path)
  const fault = reading.kind === 'good' && reading.fault !== undefined ? { kind: 'damaged', why: reading.fault } as const : undefined
  return {
    path, code: 'events', problem: reading.kind === 'good' || reading.kind === 'missing' ? fault : reading,
    begins: fault === undefined ? 'the events of /events begin again' : 'its other events are used', isLost: 'the events of /events are lost',
  }
}

function findingsOf({ path, code, problem, begins, isLost }: OwnFile): Finding[] {
  return [
    ...problem === undefined ? [] : [finding('warning', `${code}-${problem.kind}`, path, [
      `the file ${WHAT[problem.kind]} (${problem.why}): the next start sets it aside, and ${begins}`, TODO[problem.kind],
    ])],
    ...!isMountPoint(path) ? [] : [finding('warning', `${code}-is-mount`, path, [
      `the file is a mount point: it cannot be replaced (Device or resource busy), so ${isLost} at a restart`,
      'mount the folder that holds the file instead of the file',
    ])],
    ...setAside(path, code),
  ]
}

function setAside(path: string, code: string): Finding[] {
  const ending = /\.(damaged|newer|unreadable)-\d+$/
  const found = namesIn(dirname(path)).filter((name) => name.replace(ending, '') === basename(path) && ending.test(name))
  const [first] = found.sort()
  return first === undefined ? [] : [finding('advice', `${code}-set-aside`, `${dirname(path)}/${first}`, [
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
