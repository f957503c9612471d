/** Bytes of one connection until they make a request. It holds one read of the socket and the head under way. */
import { HEADER_BYTES_MAX } from '../limits.ts'
import { earlyProblem, readHead, type HeadProblem, type RequestHead } from './request-head.ts'

const HEAD_END = '\r\n\r\n'
const CR = 0x0d
const LF = 0x0a
const NOTHING = Buffer.alloc(0)

const TOO_LARGE: HeadProblem = { status: 431, error: `The request line and its headers exceed ${HEADER_BYTES_MAX} bytes.` }

export class RequestBuffer {
  #bytes: Buffer = NOTHING

  /** Nothing of a request has come. */
  get isEmpty(): boolean {
    return this.#bytes.length === 0
  }

  add(chunk: Buffer): void {
    this.#bytes = this.isEmpty ? chunk : Buffer.concat([this.#bytes, chunk])
  }

  clear(): void {
    this.#bytes = NOTHING
  }

  /** The next request, or why it is refused; undefined until its head is complete. */
  take(): RequestHead | HeadProblem | undefined {
    this.#skipEmptyLines()
    const end = this.#bytes.indexOf(HEAD_END)
    if (end > HEADER_BYTES_MAX || (end === -1 && this.#bytes.length > HEADER_BYTES_MAX)) return TOO_LARGE
    if (end === -1) return earlyProblem(this.#bytes.toString('latin1'))
    const head = readHead(this.#bytes.toString('latin1', 0, end))
    const rest = this.#bytes.subarray(end + HEAD_END.length)
    this.#bytes = rest.length === 0 ? NOTHING : rest
    return head
  }

  /** Some clients send an empty line after a body, which is no request (RFC 9112 2.2). */
  #skipEmptyLines(): void {
    let at = 0
    while (this.#bytes[at] === CR && this.#bytes[at + 1] === LF) at += 2
    if (at > 0) this.#bytes = at === this.#bytes.length ? NOTHING : this.#bytes.subarray(at)
  }
}
