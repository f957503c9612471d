/** One exchange with a server on a fresh connection. */
export interface Row {
  /** Requests in order. A string is split at blanks; words with blanks or bytes are given apart. */
  readonly send: readonly (string | readonly string[])[]
  /** Bytes to send instead. */
  readonly raw?: string
  /** How many replies to wait for, when it is not one for each request. */
  readonly replies?: number
  /** The server closes the connection after its replies. */
  readonly closes?: boolean
  /** Not repeated in RESP3: the row chooses its protocol itself, or is about bytes. */
  readonly resp2Only?: boolean
  /** Which masks hide what must differ (masks.ts). */
  readonly masks?: readonly string[]
  /** A deliberate difference (differences.ts): what ours replies instead, as RESP2 and RESP3 bytes alike. */
  readonly differs?: { readonly reason: string, readonly ours: readonly string[] }
}

/** One request for each line; each on a connection of its own. */
export function each(...lines: readonly string[]): Row[] {
  return lines.map((line) => ({ send: [line] }))
}

/** All requests on one connection, in order. */
export function together(...send: readonly (string | readonly string[])[]): Row {
  return { send }
}

/** Bytes as they are. */
export function bytes(raw: string, more: Partial<Row> = {}): Row {
  return { send: [], raw, replies: 1, resp2Only: true, ...more }
}

export function masked(masks: readonly string[], ...rows: readonly Row[]): Row[] {
  return rows.map((row) => ({ ...row, masks }))
}

export function differing(reason: string, send: string | readonly string[], ...ours: readonly string[]): Row {
  return { send: [send], differs: { reason, ours } }
}

export function title(row: Row): string {
  const words = row.raw ?? row.send.map((request) => typeof request === 'string' ? request : request.join(' ')).join(' ; ')
  return JSON.stringify(words).slice(1, 70)
}
