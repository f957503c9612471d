/** What log lines are written to: a file that is opened for each batch, or standard output. */
import { closeSync, fstatSync, openSync, statSync, write, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'

/** An opened target. `write` takes a part of the bytes, from `offset` on, and tells how many it took. */
export interface Opened {
  write(bytes: Buffer, offset: number): Promise<number>
  close(): Promise<void>
  /** Size before this batch; undefined where there is no such thing. */
  readonly size: number | undefined
}

export interface OpenedSync {
  write(bytes: Buffer, offset: number): number
  close(): void
}

export interface Target {
  /** For messages about it. */
  readonly name: string
  open(): Promise<Opened>
  openSync(): OpenedSync
  /** Size now; undefined where there is no such thing, or it is gone. */
  sizeSync(): number | undefined
}

/** Opened and closed for each batch, so that rotation by renaming works without a signal (protocol.md 6.1). */
export function fileTarget(path: string): Target {
  return {
    name: `the log file ${path}`,
    async open() {
      const file = await open(path, 'a')
      try {
        const { size } = await file.stat()
        return {
          size,
          write: async (bytes, offset) => (await file.write(bytes, offset)).bytesWritten,
          close: () => file.close(),
        }
      } catch (error) {
        await file.close()
        throw error
      }
    },
    openSync() {
      const descriptor = openSync(path, 'a')
      return {
        write: (bytes, offset) => writeSync(descriptor, bytes, offset),
        close: () => { closeSync(descriptor) },
      }
    },
    sizeSync: () => statSync(path, { throwIfNoEntry: false })?.size,
  }
}

/**
 * A descriptor that stays open, such as standard output. It is written to on another thread: a reader that does not
 * read, such as a stopped pager, must not stop the process.
 */
export function descriptorTarget(descriptor: number, name: string): Target {
  const isFile = isRegularFile(descriptor)
  const sizeSync = () => isFile ? fstatSync(descriptor).size : undefined
  return {
    name,
    open: () => Promise.resolve({
      size: sizeSync(),
      write: (bytes, offset) => writeTo(descriptor, bytes, offset),
      close: () => Promise.resolve(),
    }),
    openSync: () => ({
      write: (bytes, offset) => writeSync(descriptor, bytes, offset),
      close: () => undefined,
    }),
    sizeSync,
  }
}

function writeTo(descriptor: number, bytes: Buffer, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, offset, (error, written) => {
      if (error === null) resolve(written)
      else reject(error)
    })
  })
}

function isRegularFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile()
  } catch {
    // A closed descriptor is found out at the first line, and said then.
    return false
  }
}
