/**
 * Requests that were read before. Clients ask the same few questions over and over, in the same bytes: comparing
 * those is much cheaper than reading them again. All connections share one memo, so its size does not grow with them.
 */

/** Longer input is seldom the same twice. */
export const MEMO_INPUT_BYTES_MAX = 2048
/** A power of two. With the input above: 128 KiB of bytes at most. */
const SLOTS = 64

interface Slot {
  /** Of the input that came last, remembered or not. */
  print: number
  bytes: Buffer | undefined
  requests: readonly (readonly string[])[]
}

export class RequestMemo {
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => ({ print: -1, bytes: undefined, requests: [] }))

  /** The requests in `bytes`, if these very bytes are remembered. */
  find(bytes: Buffer): readonly (readonly string[])[] | undefined {
    const slot = this.#slots[fingerprint(bytes) % SLOTS]
    return slot?.bytes?.equals(bytes) === true ? slot.requests : undefined
  }

  /**
   * Bytes that were found to hold exactly these requests. Only what comes twice is kept: a password that is sent once
   * leaves no trace here, and nothing is copied in vain.
   */
  note(bytes: Buffer, requests: readonly (readonly string[])[]): void {
    if (bytes.length > MEMO_INPUT_BYTES_MAX) return
    const print = fingerprint(bytes)
    const slot = this.#slots[print % SLOTS]
    if (slot === undefined) return
    if (slot.print === print) {
      // A copy: the chunk may be a piece of something larger.
      slot.bytes = Buffer.from(new Uint8Array(bytes).buffer)
      slot.requests = requests
    }
    slot.print = print
  }
}

/** Not negative. Looks at a few bytes only: what looks the same is compared in full. */
function fingerprint(bytes: Buffer): number {
  const { length } = bytes
  let print = length
  for (let back = 3; back <= 24; back += 3) print = (print * 31 + (bytes[length - back] ?? 0)) & 0x3fffffff
  return print
}
