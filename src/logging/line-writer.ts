/**
 * Writes log lines in batches, in order and without blocking, so that a slow disk cannot delay PING and a full disk
 * cannot stop the process. Lines that cannot be written are kept, up to a limit, and written when the disk has space
 * again.
 */
import { lineBytes } from './line-bytes.ts'
import type { Opened, Target } from './target.ts'

/** Most bytes that are kept while the disk is slow or full: an hour of a busy log. Beyond it new lines are lost. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024

/** Pause before a target that returned an error is written to again. */
const RETRY_MS = 1000

/** Pause before a full pipe is written to again. */
const FULL_PIPE_RETRY_MS = 10

/** How long `flushSync` waits for a write on another thread, and for a full pipe. */
const FLUSH_WAIT_MS = 100

/** Most bytes written to standard error when the process ends and the log cannot be written: about a hundred lines. */
const LAST_WORDS_BYTES_MAX = 16 * 1024

interface Batch {
  readonly bytes: Buffer
  written: number
  /** Size of the target after this batch; undefined while the target is being opened, and for one without a size. */
  endSize: number | undefined
  /** `writing`: on another thread, and not counted in `written` yet. `taken-over`: `flushSync` writes the rest. */
  state: 'at-rest' | 'writing' | 'taken-over'
}

export interface LineWriterOptions {
  readonly target: Target
  /** Reports to the operator, for example on standard error, that the log cannot be written. */
  readonly complain: (text: string) => void
  /** Returns the line that is written where `count` lines were lost. */
  readonly lostLine: (count: number) => string
}

export class LineWriter {
  readonly #target: Target
  readonly #options: LineWriterOptions
  #waiting: string[] = []
  #waitingBytes = 0
  #lost = 0
  /** The unwritten bytes of a failed batch; they are written before all others. */
  #rest: Buffer | undefined
  #batch: Batch | undefined
  #isScheduled = false
  #hasFailed = false

  constructor(options: LineWriterOptions) {
    this.#target = options.target
    this.#options = options
  }

  /** Queues a line, which includes its line end. The lines of one turn of the event loop are written together. */
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
   * Writes all waiting lines before it returns, or gives up; for the end of the process. It waits up to `FLUSH_WAIT_MS`
   * for a write on another thread. If that write is not confirmed by then, its bytes are written again.
   */
  flushSync(): void {
    const unsure = this.#takeOverBatch()
    const bytes = Buffer.concat([unsure, this.#takeWaiting()])
    if (bytes.length === 0) return
    const written = this.#writeSync(bytes)
    // The process is about to end: standard error is the last place where these lines can appear.
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

  /** Reports the first failure only, until a batch has been written: otherwise every line would cause a report. */
  #announce(error: unknown): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    const reason = error instanceof Error ? error.message : String(error)
    this.#options.complain(`Can't write ${this.#target.name}: ${reason}. Lines wait until it can be written again.\n`)
  }

  /** Returns the waiting bytes, oldest first, followed by a line about lost lines if there are any. */
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

  /** Stops the running batch after its present write. Returns its bytes that are not known to be written. */
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
    // A target without a size, with writes on another thread: the write has most likely ended.
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
  // `flushSync` may take the batch over between any two steps; it then writes the rest.
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

/** A function, because the compiler does not know that the state changes during an await. */
function isTakenOver(batch: Batch): boolean {
  return batch.state === 'taken-over'
}

/** Blocks this thread; only for the end of the process. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
