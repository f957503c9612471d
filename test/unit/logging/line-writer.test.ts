/** Batches, rotation, full disks and the last moments of the process (protocol.md 6.1; issue of the log). */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { LineWriter } from '../../../src/logging/line-writer.ts'
import { fileTarget, type Target } from '../../../src/logging/target.ts'

let folder: string
let path: string
let complaints: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-log-'))
  path = join(folder, 'sentinel.log')
  complaints = []
})

afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

function writerTo(target: Target): LineWriter {
  return new LineWriter({
    target,
    complain: (text) => { complaints.push(text) },
    lostLine: (count) => `${count} lost\n`,
  })
}

function content(file = path): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 2 })
const numbered = (from: number, to: number) => (
  Array.from({ length: to - from }, (_unused, index) => `line ${from + index}\n`).join('')
)

function writeNumbered(writer: LineWriter, from: number, to: number): void {
  for (let number = from; number < to; number++) writer.write(`line ${number}\n`)
}

describe('a log file', () => {
  it('receives all lines in order, and none synchronously', async () => {
    const writer = writerTo(fileTarget(path))
    writeNumbered(writer, 0, 100)
    expect(content()).toBe('')
    setImmediate(() => { writeNumbered(writer, 100, 200) })
    await until(() => { expect(content()).toBe(numbered(0, 200)) })
  })

  it('is appended to', async () => {
    appendFileSync(path, 'before\n')
    writerTo(fileTarget(path)).write('after\n')
    await until(() => { expect(content()).toBe('before\nafter\n') })
  })

  it('may be rotated by renaming it, without a signal', async () => {
    const writer = writerTo(fileTarget(path))
    writer.write('one\n')
    await until(() => { expect(content()).toBe('one\n') })
    renameSync(path, `${path}.1`)
    writer.write('two\n')
    await until(() => { expect(content()).toBe('two\n') })
    expect(content(`${path}.1`)).toBe('one\n')
  })

  it('that cannot be opened is reported once, and receives its lines when it can be', async () => {
    const writer = writerTo(fileTarget(join(folder, 'sub', 'log')))
    writer.write('one\n')
    await until(() => { expect(complaints).toHaveLength(1) })
    expect(complaints[0]).toMatch(/^Can't write the log file .*sub\/log: ENOENT.*\n$/)
    writer.write('two\n')
    mkdirSync(join(folder, 'sub'))
    await until(() => { expect(content(join(folder, 'sub', 'log'))).toBe('one\ntwo\n') })
    expect(complaints).toHaveLength(1)
  })

  it('on a full disk loses nothing and receives its lines when there is space again', async () => {
    symlinkSync('/dev/full', path)
    const writer = writerTo(fileTarget(path))
    writer.write('one\n')
    await until(() => { expect(complaints).toEqual([expect.stringContaining('no space left on device')]) })
    unlinkSync(path)
    writer.write('two\n')
    await until(() => { expect(content()).toBe('one\ntwo\n') })
  })
})

describe('a flush', () => {
  it('writes what waits before it returns', () => {
    const writer = writerTo(fileTarget(path))
    writeNumbered(writer, 0, 10)
    writer.flushSync()
    expect(content()).toBe(numbered(0, 10))
    writer.flushSync()
    expect(content()).toBe(numbered(0, 10))
  })

  it.each([0, 1, 2, 3, 5, 8])('in the middle of a batch writes every line once and in order (%i turns later)', async (turns) => {
    const writer = writerTo(fileTarget(path))
    writeNumbered(writer, 0, 1000)
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    writeNumbered(writer, 1000, 1010)
    writer.flushSync()
    expect(content()).toBe(numbered(0, 1010))
    writeNumbered(writer, 1010, 1020)
    await until(() => { expect(content()).toBe(numbered(0, 1020)) })
  })

  it('that cannot write passes the lines to the receiver of its complaints', () => {
    const writer = writerTo(fileTarget('/dev/full'))
    writer.write('the reason of the crash\n')
    writer.flushSync()
    expect(complaints).toEqual([expect.stringContaining('no space left'), 'the reason of the crash\n'])
  })
})

/** A target in memory that takes a few bytes at a time, refuses, or never ends, as the test wants. */
class ScriptedTarget implements Target {
  readonly name = 'the test'
  taken = ''
  attempts = 0
  bytesAtOnce = Number.POSITIVE_INFINITY
  failure: NodeJS.ErrnoException | undefined
  hang: Promise<void> | undefined

  async open() {
    await this.hang
    return {
      size: undefined,
      write: (bytes: Buffer, offset: number) => Promise.resolve().then(() => this.#take(bytes, offset)),
      close: () => Promise.resolve(),
    }
  }

  openSync() {
    return { write: (bytes: Buffer, offset: number) => this.#take(bytes, offset), close: () => undefined }
  }

  sizeSync(): undefined {
    return undefined
  }

  #take(bytes: Buffer, offset: number): number {
    this.attempts += 1
    if (this.failure !== undefined) throw this.failure
    const part = bytes.subarray(offset, offset + Math.min(this.bytesAtOnce, bytes.length - offset))
    this.taken += part.toString()
    return part.length
  }
}

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: scripted`), { code })
}

describe('a target that fails', () => {
  let target: ScriptedTarget
  let writer: LineWriter

  beforeEach(() => {
    target = new ScriptedTarget()
    writer = writerTo(target)
  })

  it('may take the bytes in small parts', async () => {
    target.bytesAtOnce = 7
    writeNumbered(writer, 0, 50)
    await until(() => { expect(target.taken).toBe(numbered(0, 50)) })
  })

  it('that is full in the middle of a batch gets the rest later, without repetition', async () => {
    target.bytesAtOnce = 9
    writeNumbered(writer, 0, 5)
    await until(() => { expect(target.taken.length).toBeGreaterThan(0) })
    target.failure = failure('ENOSPC')
    writeNumbered(writer, 5, 10)
    await until(() => { expect(complaints).toHaveLength(1) })
    target.failure = undefined
    await until(() => { expect(target.taken).toBe(numbered(0, 10)) })
  })

  it('such as a pipe whose reader is slow is tried again without a message', async () => {
    target.failure = failure('EAGAIN')
    writer.write('one\n')
    await until(() => { expect(target.attempts).toBeGreaterThan(2) })
    target.failure = undefined
    await until(() => { expect(target.taken).toBe('one\n') })
    expect(complaints).toEqual([])
  })

  it('costs bounded memory: lines beyond a limit are lost, and their number is logged in their place', async () => {
    let goOn = (): void => undefined
    target.hang = new Promise((resolve) => { goOn = resolve })
    const line = `${'x'.repeat(1023)}\n`
    for (let count = 0; count < 9000; count++) writer.write(line)
    goOn()
    await until(() => { expect(target.taken).toMatch(/lost\n$/) })
    expect(target.taken).toBe(`${line.repeat(8192)}808 lost\n`)
    writer.write('back\n')
    await until(() => { expect(target.taken).toMatch(/lost\nback\n$/) })
  })

  it('keeps the limit also while it fails for long', async () => {
    target.failure = failure('EIO')
    const line = `${'x'.repeat(1024 * 1024 - 1)}\n`
    for (let turn = 0; turn < 4; turn++) {
      for (let count = 0; count < 5; count++) writer.write(line)
      await new Promise((resolve) => setImmediate(resolve))
    }
    target.failure = undefined
    writer.flushSync()
    expect(target.taken).toBe(`${line.repeat(8)}12 lost\n`)
  })
})
