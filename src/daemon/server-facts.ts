import { machine, release, type as systemName } from 'node:os'
import { realpathSync } from 'node:fs'
import { REPORTED_REDIS_VERSION, type CpuSeconds, type ServerFacts } from '../commands/index.ts'
import type { Now } from '../core/index.ts'
import { randomId } from './random-id.ts'
import { PACKAGE_VERSION } from './version.ts'

export interface FactsGiven {
  readonly configFile: string
  readonly startedAt: Now
  readonly supervised: ServerFacts['supervised']
  readonly saves: ServerFacts['saves']
  readonly redisCliTls: ServerFacts['redisCliTls']
  readonly http: ServerFacts['http']
}

/** The facts about this process in INFO and HELLO (protocol.md 1.4). The server adds its own. */
export function serverFacts(
  { configFile, startedAt, supervised, saves, redisCliTls, http }: FactsGiven,
): Omit<ServerFacts, 'maxClients' | 'tcpPort' | 'listeners'> {
  return {
    version: REPORTED_REDIS_VERSION,
    packageVersion: PACKAGE_VERSION,
    runId: randomId(),
    processId: process.pid,
    operatingSystem: `${systemName()} ${release()} ${machine()}`,
    architectureBits: 64,
    multiplexingApi: multiplexingApi(),
    supervised,
    executable: executable(),
    configFile,
    startedAt,
    cpu: cpuSeconds,
    saves,
    redisCliTls,
    http,
  }
}

/** The mechanism that libuv uses on this platform. */
function multiplexingApi(): string {
  switch (process.platform) {
    case 'linux':
      return 'epoll'
    case 'darwin':
    case 'freebsd':
    case 'openbsd':
      return 'kqueue'
    default:
      return 'poll'
  }
}

/** Path of the program's own file rather than Node's. */
function executable(): string {
  const script = process.argv[1]
  if (script === undefined) return process.execPath
  try {
    return realpathSync(script)
  } catch {
    // The file is missing: it was replaced or removed while the process ran.
    return script
  }
}

const MICROSECONDS = 1_000_000

/** Processor time of this process. Node does not report that of children. */
function cpuSeconds(): CpuSeconds {
  const { system, user } = process.cpuUsage()
  return { system: system / MICROSECONDS, user: user / MICROSECONDS, childrenSystem: 0, childrenUser: 0 }
}
