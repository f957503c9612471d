/** Rules about the files: a sentinel must be able to save its votes and masters, and secrets must stay secret. */
import { statSync } from 'node:fs'
import { dirname } from 'node:path'

import { writeProblem } from '../../daemon/index.ts'
import { isFull, isMountPoint } from './check-environment.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

export function checkFile(file: LoadedFile): Finding[] {
  const { path, state, restored } = file.config.saved
  const others = state === undefined ? 'or use `sentinel state-config-file`' : 'or name another state file'
  const interrupted = restored === undefined ? [] : [finding('warning', 'save-interrupted', path, [
    'the last save of the file was interrupted, and the file is damaged', 'start ts-sentinel, which repairs it from its backup',
  ])]
  return [...interrupted, ...writeFindings(path, others), ...openSecrets(file)]
}

/** Problems of the file that saves write. */
function writeFindings(path: string, others: string): Finding[] {
  const folder = dirname(path)
  const todo = `make the user of the sentinel the owner of the file and its folder, ${others}`
  const inFile = statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : writeProblem(path)
  const inFolder = writeProblem(folder)
  const inPlace = 'so saves write it in place, and a crash during a save leaves a damaged file until ts-sentinel starts again; redis-sentinel cannot save there'
  return [
    ...inFile === undefined ? [] : [finding('error', 'file-not-writable', path, [
      `the file cannot be written (${inFile}): a sentinel keeps its votes and masters in it, and does not start`, todo,
    ])],
    ...!isMountPoint(path) ? [] : [finding('warning', 'file-is-mount', path, [
      `the file is a mount point: a save cannot replace it (Device or resource busy), ${inPlace}`,
      `mount the folder that holds the file instead of the file, ${others}`,
    ])],
    ...inFolder === undefined ? [] : [finding('warning', 'folder-not-writable', folder, [
      `the folder of ${path} cannot be written (${inFolder}): a save cannot replace the file, ${inPlace}`, todo,
    ])],
    ...!isFull(folder) ? [] : [finding('error', 'disk-full', folder, [
      'the file system of the folder has no free space: each save writes a new file there, and would fail', 'free some space',
    ])],
  ]
}

/** Files with a secret that all users of the machine can read; the finding is at the first one. */
function openSecrets({ lines, config }: LoadedFile): Finding[] {
  const first = new Map(lines.filter(hasSecret).toReversed().map(({ file, where }) => [file, where]))
  const others = (file: string) => file === config.saved.state?.path ? '' : ', or use [secrets] in ts-sentinel.ini'
  return [...first].filter(([file]) => isReadableByAll(file)).map(([file, where]) => finding('warning', 'secret-open', where, [
    'the file has a secret, and all users can read it',
    `run chmod 600 on it, and make the user of the sentinel its owner${others(file)}`,
  ]))
}

const SECRETS: readonly string[] = ['requirepass', 'masterauth', 'primaryauth', 'tls-key-file-pass', 'tls-client-key-file-pass']
const SENTINEL_SECRETS: readonly string[] = ['auth-pass', 'sentinel-pass']

function hasSecret({ words }: LoadedFile['lines'][number]): boolean {
  const [name = '', second = ''] = words.map((word) => word.toLowerCase())
  if (words.at(-1) === '') return false
  if (name === 'user') return words.slice(2).some((rule) => rule.startsWith('>'))
  return name === 'sentinel' ? SENTINEL_SECRETS.includes(second) : SECRETS.includes(name)
}

function isReadableByAll(path: string): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o004) !== 0
}
