/** What log lines are written to: config.md 1.8. */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { descriptorTarget, fileTarget, type Target } from '../../../src/logging/target.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'target-'))
  path = join(folder, 'log')
})
afterEach(() => { rmSync(folder, { recursive: true }) })

/** One batch, as the writer writes it. */
async function write(target: Target, text: string): Promise<number | undefined> {
  const opened = await target.open()
  await opened.write(Buffer.from(text), 0)
  await opened.close()
  return opened.size
}

function writeSync(target: Target, text: string): void {
  const opened = target.openSync()
  opened.write(Buffer.from(text), 0)
  opened.close()
}

describe('a log file', () => {
  it('is made when it is not there, added to, and made again when it was moved away', async () => {
    const target = fileTarget(path)
    expect(target.sizeSync()).toBeUndefined()
    expect(await write(target, 'one\n')).toBe(0)
    expect(await write(target, 'two\n')).toBe(4)
    renameSync(path, join(folder, 'log.1'))
    writeSync(target, 'three\n')
    expect(target.sizeSync()).toBe(6)
    expect(readFileSync(join(folder, 'log.1'), 'utf8')).toBe('one\ntwo\n')
    expect(readFileSync(path, 'utf8')).toBe('three\n')
  })

  it('that cannot be opened is an error of the system', async () => {
    await expect(fileTarget(join(folder, 'none/log')).open()).rejects.toThrow('ENOENT')
  })
})

describe('a descriptor', () => {
  it('that is a file stays open and has a size', async () => {
    const descriptor = openSync(path, 'a')
    const target = descriptorTarget(descriptor, 'standard output')
    expect(await write(target, 'one\n')).toBe(0)
    writeSync(target, 'two\n')
    expect(target.sizeSync()).toBe(8)
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
    closeSync(descriptor)
  })

  it('that is a pipe stays open and has no size', async () => {
    spawnSync('mkfifo', [path])
    const descriptor = openSync(path, 'r+')
    const target = descriptorTarget(descriptor, 'standard output')
    expect(await write(target, 'one\n')).toBeUndefined()
    expect(target.sizeSync()).toBeUndefined()
    const found = Buffer.alloc(10)
    expect(found.toString('utf8', 0, readSync(descriptor, found))).toBe('one\n')
    closeSync(descriptor)
  })

  it('that was closed is reported when it is written to', async () => {
    const descriptor = openSync(path, 'a')
    closeSync(descriptor)
    const opened = await descriptorTarget(descriptor, 'standard output').open()
    await expect(opened.write(Buffer.from('x'), 0)).rejects.toThrow('EBADF')
  })
})
