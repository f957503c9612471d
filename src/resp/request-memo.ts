/**
 * Remembers requests that were read before. Clients repeat the same few requests in the same bytes, and comparing bytes
 * is much cheaper than reading requests again. All connections share one memo, so its size does not grow with them.
 */

/** Longer input seldom repeats. */
export const MEMO_INPUT_BYTES_MAX = 2048
/** A power of two. With the limit above: 128 KiB of bytes at most. */
const SLOTS = 64

interface Slot {
  /** Fingerprint of the last input, remembered or not. */
  print: number
  bytes: Buffer | undefined
  requests: readonly (readonly string[])[]
}

export class RequestMemo {
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => ({ print: -1, bytes: undefined, requests: [] }))

  /** The requests in `bytes`, if exactly these bytes are remembered. */
  find(bytes: Buffer): readonly (readonly string[])[] | undefined {
    const slot = this.#slots[fingerprint(bytes) % SLOTS]
    return slot?.bytes?.equals(bytes) === true ? slot.requests : undefined
  }

  /**
   * Notes that `bytes` contain exactly these requests. Only input that repeats is kept: a password that is sent once is
   * not kept, and nothing is copied without need.
   */
  note(bytes: Buffer, requests: readonly (readonly string[])[]): void {
    if (bytes.length > MEMO_INPUT_BYTES_MAX) return
    const print = fingerprint(bytes)
    const slot = this.#slots[print % SLOTS]
    if (slot === undefined) return
    if (slot.print === print) {
      // A copy, because the chunk may be part of a larger buffer.
      slot.bytes = Buffer.from(new Uint8Array(bytes).buffer)
      slot.requests = requests
    }
    slot.print = print
  }
}

/** A hash of the length and of a few bytes, never negative. Inputs with the same hash are compared in full. */
function fingerprint(bytes: Buffer): number {
  const { length } = bytes
  let print = length
  for (let back = 3; back <= 24; back += 3) print = (print * 31 + (bytes[length - back] ?? 0)) & 0x3fffffff
  return print
}
