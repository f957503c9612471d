/** The targets of log lines: a file that is opened for each batch, or standard output. */
import { closeSync, constants, fstatSync, openSync, statSync, write, writeSync, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { Socket } from 'node:net'

/** An opened target. */
export interface Opened {
  /**
   * Writes some of the bytes, from `offset` on. Returns how many were written: at once, or as a promise when another
   * thread writes them.
   * @throws Error with code EAGAIN when the reader of a pipe is slow
   */
  write(bytes: Buffer, offset: number): number | Promise<number>
  close(): Promise<void>
  /** Size in bytes before this batch; undefined for a target without a size. */
  readonly size: number | undefined
}

export interface OpenedSync {
  write(bytes: Buffer, offset: number): number
  close(): void
}

export interface Target {
  /** The name of the target in messages. */
  readonly name: string
  open(): Promise<Opened>
  openSync(): OpenedSync
  /** Present size in bytes; undefined for a target without a size and for a file that is gone. */
  sizeSync(): number | undefined
}

/**
 * A file. It is opened and closed for each batch, so that rotation by renaming works without a signal
 * (protocol.md 6.1).
 */
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
 * A descriptor that stays open, such as standard output. A reader that has stopped, such as a pager, must not stop the
 * process: pipes, sockets and terminals are written to without blocking, files on another thread.
 */
export function descriptorTarget(descriptor: number, name: string): Target {
  const own = nonBlockingDescriptor(descriptor)
  return own === undefined ? threadTarget(descriptor, name) : directTarget(own, name)
}

/**
 * Returns a descriptor for the same pipe, socket or terminal whose writes fail with EAGAIN instead of blocking;
 * undefined for a regular file, a closed descriptor, and where the system cannot provide one.
 */
export function nonBlockingDescriptor(descriptor: number): number | undefined {
  const kind = statsOf(descriptor)
  if (kind === undefined || kind.isFile()) return undefined
  try {
    // Linux opens the pipe or terminal again, so the flag does not affect other processes that share it.
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    // A socket, another system, or a terminal of another user.
    return kind.isSocket() || kind.isFIFO() ? setNonBlocking(descriptor) : undefined
  }
}

/** Kept until the process ends: a socket that is garbage-collected closes its descriptor. */
const keptSockets: Socket[] = []

/** Sets O_NONBLOCK. Node has no call for the flag alone, but sets it on each descriptor that it opens as a socket. */
function setNonBlocking(descriptor: number): number | undefined {
  try {
    keptSockets.push(new Socket({ fd: descriptor, readable: false, writable: true }).unref())
    return descriptor
  } catch {
    // A socket that is not a stream. It is written to on another thread.
    return undefined
  }
}

function directTarget(descriptor: number, name: string): Target {
  const opened = {
    size: undefined,
    write: (bytes: Buffer, offset: number) => writeSync(descriptor, bytes, offset),
  }
  return {
    name,
    open: () => Promise.resolve({ ...opened, close: () => Promise.resolve() }),
    openSync: () => ({ ...opened, close: () => undefined }),
    sizeSync: () => undefined,
  }
}

function threadTarget(descriptor: number, name: string): Target {
  const isFile = statsOf(descriptor)?.isFile() ?? false
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

function statsOf(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor)
  } catch {
    // A closed descriptor: the first write fails and reports it.
    return undefined
  }
}
