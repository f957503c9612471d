import { chmodSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { nodeConfigEnvironment } from '../../../src/config/index.ts'

const environment = nodeConfigEnvironment()
const startDirectory = process.cwd()
let directory: string

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'config-environment-')))
  process.chdir(directory)
})

afterEach(() => {
  process.chdir(startDirectory)
  rmSync(directory, { recursive: true, force: true })
})

describe('the real environment of loading', () => {
  it('changes the directory, or reports the error of the system', () => {
    mkdirSync('sub')
    writeFileSync('file', '')
    expect(environment.changeDirectory('sub')).toBeUndefined()
    expect(environment.workingDirectory()).toBe(join(directory, 'sub'))
    expect(environment.changeDirectory('../file')).toBe('Not a directory')
    expect(environment.changeDirectory('nosuch')).toBe('No such file or directory')
    expect(environment.changeDirectory('')).toBe('No such file or directory')
  })

  it('reads bytes of a file, nothing of a directory, and reports a missing file', () => {
    writeFileSync('file', Buffer.from([0x61, 0xe9, 0x00]))
    expect(environment.readFile('file')).toEqual({ ok: true, value: 'a\xe9\0' })
    expect(environment.readFile(directory)).toEqual({ ok: true, value: '' })
    expect(environment.readFile('nosuch')).toEqual({ ok: false, problem: 'No such file or directory' })
    expect(environment.readFile('')).toEqual({ ok: false, problem: 'No such file or directory' })
  })

  it('tests scripts, log files and the file itself as the real user', () => {
    writeFileSync('script', '')
    expect(environment.isExecutable('script')).toBe(false)
    chmodSync('script', 0o755)
    expect(environment.isExecutable('script')).toBe(true)
    expect(environment.isExecutable(directory)).toBe(true)
    expect(environment.isExecutable('')).toBe(false)
    expect(environment.checkLogFile('new.log')).toBeUndefined()
    expect(readdirSync('.')).toContain('new.log')
    expect(environment.checkLogFile(directory)).toBe('Is a directory')
    expect(environment.checkLogFile('nosuch/x.log')).toBe('No such file or directory')
    expect(environment.checkWritable('script')).toBeUndefined()
    expect(environment.checkWritable('nosuch')).toBe('No such file or directory')
  })

  it('recognises one file under two names', () => {
    writeFileSync('a', '')
    symlinkSync('a', 'b')
    expect(environment.identity('b')).toBe(environment.identity('./a'))
    // What a pipe is reached by has no path behind it.
    expect(environment.identity('nosuch')).toBe('nosuch')
  })

  it('expands patterns as the C library does', () => {
    mkdirSync('d1')
    mkdirSync('d2')
    for (const file of ['a.conf', 'b.conf', 'B.conf', '.h.conf', 'c-d', 'd1/x', 'd2/x', 'd2/y', 'a[1]']) writeFileSync(file, '')
    expect(environment.glob('*.conf')).toEqual(['B.conf', 'a.conf', 'b.conf'])
    expect(environment.glob('.*.conf')).toEqual(['.h.conf'])
    expect(environment.glob('[ab].conf')).toEqual(['a.conf', 'b.conf'])
    expect(environment.glob('[!a].conf')).toEqual(['B.conf', 'b.conf'])
    expect(environment.glob('[^a-z].conf')).toEqual(['B.conf'])
    expect(environment.glob('?.conf')).toEqual(['B.conf', 'a.conf', 'b.conf'])
    expect(environment.glob('d?/x')).toEqual(['d1/x', 'd2/x'])
    expect(environment.glob('d[12]/*')).toEqual(['d1/x', 'd2/x', 'd2/y'])
    expect(environment.glob(`${directory}/c?[d]`)).toEqual([`${directory}/c-d`])
    expect(environment.glob('a[[]1]')).toEqual(['a[1]'])
    expect(environment.glob('*.nosuch')).toEqual([])
    expect(environment.glob('nosuch*/x')).toEqual([])
  })
})
