/** The connection of one client in route mode. */
import type { Socket } from 'node:net'

import { LAST_REPLY_MS, SHORT_BYTES } from '../pipe/limits.ts'
import { withSharedReads } from '../pipe/shared-reads.ts'
import type { ClientSink } from '../requests/reply-output.ts'
import type { RequestSession } from '../requests/request-session.ts'

export class ClientConnection implements ClientSink {
  readonly #socket: Socket
  readonly #isShared: boolean
  #session: RequestSession | undefined
  #isReading = true
  #isEnded = false
  #timer: NodeJS.Timeout | undefined

  /** `accepted` is paused, and not used by the caller any more. */
  constructor(accepted: Socket, { isEncrypted, onClose }: {
    readonly isEncrypted: boolean
    readonly onClose: (client: ClientConnection) => void
  }) {
    const shared = isEncrypted ? undefined : withSharedReads(accepted, (buffer, count) => this.#receive(buffer, count))
    this.#isShared = shared !== undefined
    this.#socket = shared ?? accepted
    this.#socket
      .on('error', () => undefined)
      .on('drain', () => { this.#session?.flush() })
      .on('end', () => {
        if (this.#isEnded) this.#socket.end()
        else this.#session?.clientEnded()
      })
      .on('close', () => {
        clearTimeout(this.#timer)
        this.#session?.fail()
        onClose(this)
      })
  }

  /** Begins to read. */
  start(session: RequestSession): void {
    this.#session = session
    if (!this.#isShared) this.#socket.on('data', (bytes: Buffer) => { if (!this.#receive(bytes, bytes.length)) this.#socket.pause() })
    this.#socket.resume()
  }

  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  write(bytes: Buffer, start: number, end: number): void {
    if (this.#isEnded) return
    // Short replies are written as text: that needs no buffer, because the system usually takes them at once.
    if (end - start <= SHORT_BYTES) this.#socket.write(bytes.toString('latin1', start, end), 'latin1')
    else this.#socket.write(Buffer.from(bytes.subarray(start, end)))
  }

  setReading(isReading: boolean): void {
    if (this.#isReading === isReading || this.#isEnded) return
    this.#isReading = isReading
    if (isReading) this.#socket.resume()
    else this.#socket.pause()
  }

  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#socket.end()
    // Reading detects that the client has closed, too. What it sends is dropped.
    this.#socket.resume()
    this.#timer = setTimeout(() => { this.#socket.destroy() }, LAST_REPLY_MS)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Returns whether to read on. */
  #receive(buffer: Buffer, count: number): boolean {
    if (this.#isEnded) return true
    this.#session?.receive(buffer, count)
    return this.#isReading || this.#isEnded
  }
}
