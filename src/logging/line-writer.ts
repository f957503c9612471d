/**
 * Writes log lines in batches without blocking: a slow disk must not stop PING, and a full one must not stop the
 * process. Order is kept. Lines that cannot be written wait, up to a limit, and are written when there is room again.
 */
import { lineBytes } from './line-bytes.ts'
import type { Opened, Target } from './target.ts'

/** Bytes that wait for a disk that is slow or full: an hour of a busy log. Beyond this new lines are lost. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024

/** Pause before a target that refused is tried again. */
const RETRY_MS = 1000

/** Pause before a pipe that is full is tried again. */
const FULL_PIPE_RETRY_MS = 10

/** How long `flushSync` waits for bytes that another thread is writing, and for a pipe that is full. */
const FLUSH_WAIT_MS = 100

/** Bytes that go to standard error when the process ends and the log takes nothing: about a hundred lines. */
const LAST_WORDS_BYTES_MAX = 16 * 1024

interface Batch {
  readonly bytes: Buffer
  written: number
  /** Size of the target when the batch is in it; undefined while it is being opened, or has no size. */
  endSize: number | undefined
  /** `writing` while another thread writes a part of it; `written` does not count that part. */
  state: 'at-rest' | 'writing' | 'taken-over'
}

export interface LineWriterOptions {
  readonly target: Target
  /** Says on standard error, or wherever operators look, that the log cannot be written. */
  readonly complain: (text: string) => void
  /** The line that tells how many lines are missing at its place. */
  readonly lostLine: (count: number) => string
}

export class LineWriter {
  readonly #target: Target
  readonly #options: LineWriterOptions
  #waiting: string[] = []
  #waitingBytes = 0
  #lost = 0
  /** What a target that refused has not taken, to be written before anything else. */
  #rest: Buffer | undefined
  #batch: Batch | undefined
  #isScheduled = false
  #hasFailed = false

  constructor(options: LineWriterOptions) {
    this.#target = options.target
    this.#options = options
  }

  /** Takes a line, its end included. It leaves with the others of this turn of the event loop. */
  write(line: string): void {
    if (this.#heldBytes + line.length > WAITING_BYTES_MAX) {
      this.#lost += 1
      return
    }
    this.#waiting.push(line)
    this.#waitingBytes += line.length
    this.#schedule()
  }

  /**
   * Writes everything that waits, now, and returns when it is written or cannot be. For the end of the process. Bytes
   * that another thread is writing to a file are waited for, for a moment; should they not arrive they are repeated.
   */
  flushSync(): void {
    const unsure = this.#takeOverBatch()
    const bytes = Buffer.concat([unsure, this.#takeWaiting()])
    if (bytes.length === 0) return
    const written = this.#writeSync(bytes)
    // The last chance for these lines is whoever reads the complaints; the end matters most.
    if (written < bytes.length) {
      this.#options.complain(bytes.toString('utf8', Math.max(written, bytes.length - LAST_WORDS_BYTES_MAX)))
    }
  }

  get #heldBytes(): number {
    return this.#waitingBytes + (this.#rest?.length ?? 0) + (this.#batch?.bytes.length ?? 0)
  }

  #schedule(): void {
    if (this.#isScheduled || this.#batch !== undefined) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#startBatch()
    })
  }

  #retry(afterMs: number): void {
    this.#isScheduled = true
    const timer = setTimeout(() => {
      this.#isScheduled = false
      this.#startBatch()
    }, afterMs)
    timer.unref()
  }

  #startBatch(): void {
    if (this.#batch !== undefined) return
    const bytes = this.#takeWaiting()
    if (bytes.length === 0) return
    const batch: Batch = { bytes, written: 0, endSize: undefined, state: 'at-rest' }
    this.#batch = batch
    void this.#writeBatch(batch)
  }

  async #writeBatch(batch: Batch): Promise<void> {
    let failure: unknown
    try {
      const opened = await this.#target.open()
      try {
        await writeAll(batch, opened)
      } finally {
        await opened.close()
      }
      this.#hasFailed = false
    } catch (error) {
      failure = error
    }
    if (batch.state === 'taken-over') return
    this.#batch = undefined
    if (failure === undefined) {
      if (this.#waiting.length > 0) this.#schedule()
      return
    }
    if (batch.written < batch.bytes.length) this.#rest = batch.bytes.subarray(batch.written)
    this.#refused(failure)
  }

  #refused(error: unknown): void {
    const isFullPipe = error instanceof Error && 'code' in error && error.code === 'EAGAIN'
    if (!isFullPipe) this.#announce(error)
    this.#retry(isFullPipe ? FULL_PIPE_RETRY_MS : RETRY_MS)
  }

  /** Once per trouble: it would be said for every line otherwise. */
  #announce(error: unknown): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    const reason = error instanceof Error ? error.message : String(error)
    this.#options.complain(`Can't write ${this.#target.name}: ${reason}. Lines wait until it can be written again.\n`)
  }

  /** Everything that waits, as bytes, oldest first; and the news that some did not get in. */
  #takeWaiting(): Buffer {
    const lines = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    if (this.#lost > 0) {
      lines.push(this.#options.lostLine(this.#lost))
      this.#lost = 0
    }
    const bytes = lineBytes(lines.join(''))
    const rest = this.#rest
    this.#rest = undefined
    return rest === undefined ? bytes : Buffer.concat([rest, bytes])
  }

  /** Bytes of the batch under way that are not known to be written. From here on it writes nothing more itself. */
  #takeOverBatch(): Buffer {
    const batch = this.#batch
    if (batch === undefined) return Buffer.alloc(0)
    const wasWriting = batch.state === 'writing'
    if (wasWriting && this.#sawItsEnd(batch)) batch.written = batch.bytes.length
    batch.state = 'taken-over'
    this.#batch = undefined
    return batch.bytes.subarray(batch.written)
  }

  #sawItsEnd({ endSize }: Batch): boolean {
    for (let waited = 0; waited <= FLUSH_WAIT_MS; waited += 1) {
      if (endSize !== undefined && (this.#target.sizeSync() ?? 0) >= endSize) return true
      pause(1)
    }
    // A target without a size whose writes another thread makes: it most likely is done by now.
    return endSize === undefined
  }

  /** Returns how many bytes were written. */
  #writeSync(bytes: Buffer): number {
    let written = 0
    try {
      const opened = this.#target.openSync()
      try {
        let patience = FLUSH_WAIT_MS
        while (written < bytes.length) {
          try {
            written += opened.write(bytes, written)
          } catch (error) {
            if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN') || patience === 0) throw error
            patience -= 1
            pause(1)
          }
        }
      } finally {
        opened.close()
      }
    } catch (error) {
      this.#announce(error)
    }
    return written
  }
}

async function writeAll(batch: Batch, opened: Opened): Promise<void> {
  // A flush may take the batch over between any two steps, and does the rest then.
  while (batch.state !== 'taken-over' && batch.written < batch.bytes.length) {
    if (opened.size !== undefined) batch.endSize = opened.size + batch.bytes.length
    const writing = opened.write(batch.bytes, batch.written)
    if (typeof writing === 'number') {
      batch.written += writing
      continue
    }
    batch.state = 'writing'
    try {
      const written = await writing
      if (!isTakenOver(batch)) batch.written += written
    } finally {
      if (!isTakenOver(batch)) batch.state = 'at-rest'
    }
  }
}

/** A function, because the compiler does not know that the state changes while we wait. */
function isTakenOver(batch: Batch): boolean {
  return batch.state === 'taken-over'
}

/** Blocks this thread; for the last moments of the process only. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
