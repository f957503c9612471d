import { createHash } from 'node:crypto'

import { AccessList, AclLog } from '../../../src/acl/index.ts'
import { COMMAND_CATALOGUE, globMatch, REPORTED_REDIS_VERSION } from '../../../src/commands/index.ts'
import type { AclFile, LogLevelName } from '../../../src/commands/index.ts'
import type { Now } from '../../../src/core/index.ts'
import type { FailoverRecord } from '../../../src/events/index.ts'
import type { LogLevel, PendingScript } from '../../../src/ports/index.ts'
import type { ServerWorld } from '../../../src/server/index.ts'
import { FakeOperator, FakeView } from './fake-core.ts'

export interface LogLine { readonly level: LogLevel, readonly text: string }

/** What a server needs of the world, with every part open to the test. */
export interface FakeWorld {
  readonly world: ServerWorld
  readonly view: FakeView
  readonly operator: FakeOperator
  readonly log: LogLine[]
  scripts: readonly PendingScript[]
  failovers: readonly FailoverRecord[]
  executables: readonly string[]
  logLevel: LogLevelName
  /** Undefined: the real monotonic clock. */
  mono: number | undefined
  shutdowns: number
}

export interface FakeWorldOptions {
  readonly requirepass?: string
  readonly aclFile?: AclFile
  readonly stateFile?: string
  readonly version?: string
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const STARTED: Now = { mono: 0, wall: 1_790_000_000_000 }

export function fakeWorld(options: FakeWorldOptions = {}): FakeWorld {
  const view = new FakeView()
  const operator = new FakeOperator()
  const fake: FakeWorld = {
    view, operator, log: [], scripts: [], failovers: [], executables: [], logLevel: 'notice', mono: undefined, shutdowns: 0,
    world: {
      view,
      operator,
      scripts: { pending: () => fake.scripts },
      failovers: (master) => fake.failovers.filter((failover) => failover.master === master),
      access: accessList(options.requirepass),
      aclLog: new AclLog(128),
      aclFile: options.aclFile,
      stateFile: options.stateFile,
      logger: { log: (level, text) => { fake.log.push({ level, text }) } },
      logLevel: { get: () => fake.logLevel, set: (level) => { fake.logLevel = level } },
      now: () => {
        const mono = fake.mono ?? Math.floor(performance.now())
        return { mono, wall: STARTED.wall + mono }
      },
      isExecutable: (path) => fake.executables.includes(path),
      shutdown: () => { fake.shutdowns += 1 },
      randomBytes: (count) => new Uint8Array(count).fill(0xab),
      facts: {
        version: options.version ?? REPORTED_REDIS_VERSION, packageVersion: '0.1.0', runId: 'e'.repeat(40),
        processId: 4242, operatingSystem: 'Linux 6.1.0 x86_64', architectureBits: 64, multiplexingApi: 'epoll', redisCliTls: () => [], http: undefined,
        supervised: 'no', executable: '/usr/bin/ts-sentinel', configFile: '/etc/sentinel.conf', startedAt: STARTED,
        cpu: () => ({ system: 1.5, user: 2.25, childrenSystem: 0, childrenUser: 0.125 }),
        saves: () => ({ error: undefined, failuresTotal: 0 }),
      },
    },
  }
  return fake
}

function accessList(requirepass: string | undefined): AccessList {
  const list = new AccessList({ catalogue: COMMAND_CATALOGUE, globMatch, sha256, allChannelsByDefault: false })
  if (requirepass !== undefined) list.setUser('default', [`>${requirepass}`])
  return list
}
