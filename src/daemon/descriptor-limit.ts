/** How many clients the limit on open files leaves room for (config.md 1.6 step 9). */
import { readFileSync } from 'node:fs'

/** Descriptors that the process needs for itself. */
const RESERVED = 32

/**
 * Descriptors that the connections of HTTP may take: `CONNECTIONS_HARD_MAX` and `STREAMS_MAX` of `src/http`, which is
 * not loaded without HTTP.
 */
export const HTTP_DESCRIPTORS = 288

export interface ClientRoom {
  /** What `maxclients` becomes. */
  readonly maxClients: number
  /** Warnings in the words of the original. */
  readonly warnings: readonly string[]
  /** Why the process cannot start, if it cannot. */
  readonly obstacles: readonly string[]
}

export interface DescriptorUse {
  /** Descriptors reserved for the HTTP server. */
  readonly http: number
  /** Open files that the process may have. */
  readonly limit: number
}

/** Lowers `wanted` clients to the limit of open files, which cannot be raised: Node has set it to the hard limit. */
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

/** Infinity where the system does not say. */
function openFilesLimit(): number {
  let limits
  try {
    limits = readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return Infinity
  }
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
  return soft === undefined ? Infinity : Number(soft)
}
