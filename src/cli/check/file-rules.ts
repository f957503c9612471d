/** Rules about the file itself: a sentinel must be able to save its votes and masters in it. */
import { dirname } from 'node:path'

import { isFull, isMountPoint, writeProblem } from './check-environment.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

export function checkFile({ config }: LoadedFile): Finding[] {
  const { configFile } = config
  const folder = dirname(configFile)
  const todo = 'make the user of the sentinel the owner of the file and its folder; in containers copy the file to a writable volume first'
  const inFile = writeProblem(configFile)
  const inFolder = writeProblem(folder)
  return [
    ...inFile === undefined ? [] : [finding('error', 'file-not-writable', configFile, [
      `the file cannot be written (${inFile}): a sentinel keeps its votes and masters in it, and does not start`, todo,
    ])],
    ...!isMountPoint(configFile) ? [] : [finding('error', 'file-is-mount', configFile, [
      'the file is a mount point: a save cannot replace it (Device or resource busy), so votes and epochs are lost at a restart',
      'mount the folder that holds the file instead of the file',
    ])],
    ...inFolder === undefined ? [] : [finding('error', 'folder-not-writable', folder, [
      `the folder of the file cannot be written (${inFolder}): each save creates a file in it, and would fail`, todo,
    ])],
    ...!isFull(folder) ? [] : [finding('error', 'disk-full', folder, [
      'the file system of the folder has no free space: each save writes a new file there, and would fail', 'free some space',
    ])],
  ]
}
