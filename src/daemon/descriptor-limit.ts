/** The number of clients that the limit on open files allows (config.md 1.6 step 9). */
import { readFileSync } from 'node:fs'

/** Number of descriptors that the process needs for itself. */
const RESERVED = 32

/**
 * Number of descriptors that HTTP connections may use: `CONNECTIONS_HARD_MAX` plus `STREAMS_MAX` of `src/http`. The
 * number is repeated here because that module is not loaded without HTTP.
 */
export const HTTP_DESCRIPTORS = 288

export interface ClientRoom {
  /** The effective value of `maxclients`. */
  readonly maxClients: number
  /** Log lines in the words of the original. */
  readonly warnings: readonly string[]
  /** Reasons why the process cannot start; empty when it can. */
  readonly obstacles: readonly string[]
}

export interface DescriptorUse {
  /** Descriptors reserved for the HTTP server. */
  readonly http: number
  /** Largest number of open files of the process. */
  readonly limit: number
}

/**
 * Lowers `wanted` to the number of clients that the limit on open files allows. The limit itself cannot be raised,
 * because Node has set it to the hard limit.
 */
export function clientRoom(wanted: number, use: Partial<DescriptorUse> = {}): ClientRoom {
  const { http = 0, limit = openFilesLimit() } = use
  const reserved = RESERVED + http
  const needed = wanted + reserved
  if (limit >= needed) return { maxClients: wanted, warnings: [], obstacles: [] }
  if (limit <= reserved) {
    return {
      maxClients: wanted,
      warnings: [],
      obstacles: [`Your current 'ulimit -n' of ${limit} is not enough for the server to start. `
        + `Please increase your open file limit to at least ${needed}. Exiting.`],
    }
  }
  const maxClients = limit - reserved
  return {
    maxClients,
    obstacles: [],
    warnings: [
      `You requested maxclients of ${wanted} requiring at least ${needed} max file descriptors.`,
      `Server can't set maximum open files to ${needed} because of OS error: Operation not permitted.`,
      `Current maximum open files is ${limit}. maxclients has been reduced to ${maxClients} to compensate for low `
      + "ulimit. If you need higher maxclients increase 'ulimit -n'.",
    ],
  }
}

/** The soft limit on open files; Infinity where it cannot be read. */
export function openFilesLimit(): number {
  let limits
  try {
    limits = readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return Infinity
  }
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
  return soft === undefined ? Infinity : Number(soft)
}
