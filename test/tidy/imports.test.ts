/** Directions of imports between the modules (ARCHITECTURE.md, "Map"): one wrong import fails the build. */
import { describe, expect, it } from 'vitest'
import { importViolations } from './import-rules.ts'
import { filesUnder, readProjectFile } from './project-files.ts'

describe('imports of src', () => {
  it('follow the direction of dependencies', () => {
    const files = filesUnder('src').map((path) => ({ path, text: readProjectFile(path) }))
    expect(files.length).toBeGreaterThan(50)
    expect(importViolations(files)).toEqual([])
  })
})

describe('the checker', () => {
  const reasons = (path: string, text: string) => importViolations([{ path, text }]).map(({ reason }) => reason)

  it.each([
    ['the core importing another module', 'src/core/sentinel.ts', "import { Driver } from '../driver/index.ts'", 'core must not import driver'],
    ['even for a type', 'src/core/election/vote.ts', "import type { Clock } from '../../ports/index.ts'", 'core must not import ports'],
    ['the core using Node', 'src/core/random.ts', "import { randomInt } from 'node:crypto'", 'core must not import node:crypto'],
    ['the core using a package', 'src/core/random.ts', "import x from 'ini'", 'core must not import ini'],
    ['a side-effect import', 'src/core/random.ts', "import '../events/index.ts'", 'core must not import events'],
    ['a re-export', 'src/core/index.ts', "export * from '../ports/index.ts'", 'core must not import ports'],
    ['a dynamic import', 'src/core/random.ts', "const x = await import('node:fs')", 'core must not import node:fs'],
    ['a required module', 'src/core/random.ts', "const x = require('node:fs')", 'core must not import node:fs'],
    ['an import type', 'src/core/random.ts', "type X = import('../driver/index.ts').Driver", 'core must not import driver'],
    ['something outside src', 'src/core/random.ts', "import x from '../../test/x.ts'", 'test/x.ts is outside src'],
    ['the driver touching a file', 'src/driver/saver.ts', "import fs from 'node:fs'", 'driver must not import node:fs'],
    ['the driver importing an outer module', 'src/driver/driver.ts', "import type { Server } from '../server/index.ts'", 'driver must not import server'],
    ['an outer module importing another one', 'src/server/listener.ts', "import type { Logger } from '../logging/index.ts'", 'server must not import logging'],
    ['an outer module using values of the core', 'src/links/x.ts', "import { Sentinel } from '../core/index.ts'", 'links must not import values of core'],
    ['a value among types', 'src/links/x.ts', "import { type Reply, Sentinel } from '../core/index.ts'", 'links must not import values of core'],
    ['ioredis outside the harness', 'src/server/x.ts', "import { Redis } from 'ioredis'", 'server must not import ioredis'],
    ['pino outside logging', 'src/daemon/x.ts', "import pino from 'pino'", 'daemon must not import pino'],
    ['redis-parser outside resp', 'src/links/x.ts', "import P from 'redis-parser'", 'links must not import redis-parser'],
    ['a file in the pure part of config', 'src/config/load.ts', "import fs from 'node:fs'", 'config must not import node:fs'],
    ['a module imported past its entry point', 'src/daemon/x.ts', "import { Driver } from '../driver/driver.ts'", 'driver has one entry point, its index.ts'],
    ['the index of a folder inside a module', 'src/daemon/x.ts', "import { x } from '../core/state/index.ts'", 'core has one entry point, its index.ts'],
    ['anything importing the daemon', 'src/server/x.ts', "import { createDaemon } from '../daemon/index.ts'", 'server must not import daemon'],
    ['the harness importing our sources', 'src/harness/x.ts', "import type { Now } from '../core/index.ts'", 'harness must not import core'],
    ['the texts importing a module', 'src/text/x.ts', "import type { Now } from '../core/index.ts'", 'text must not import core'],
    ['the texts using Node', 'src/text/x.ts', "import fs from 'node:fs'", 'text must not import node:fs'],
    ['the texts imported past their entry point', 'src/core/x.ts', "import { x } from '../text/x.ts'", 'text has one entry point, its index.ts'],
    ['the daemon loading the proxy', 'src/daemon/x.ts', "const x = await import('../proxy/index.ts')", 'daemon must not import proxy'],
    ['the proxy using values of the core', 'src/proxy/x.ts', "import { Sentinel } from '../core/index.ts'", 'proxy must not import values of core'],
    ['a module without a rule', 'src/utils/x.ts', "import fs from 'node:fs'", 'the module utils has no rule'],
  ])('refuses %s', (_what, path, text, reason) => {
    expect(reasons(path, text)).toEqual([expect.stringContaining(reason)])
  })

  it.each([
    ['files of one module', 'src/core/election/vote.ts', "import { Turn } from '../turn.ts'"],
    ['types of the core in an outer module', 'src/links/x.ts', "import type { Reply } from '../core/index.ts'"],
    ['the texts in the core', 'src/core/election/vote.ts', "import { hostAndPort } from '../../text/index.ts'"],
    ['the texts in the harness', 'src/harness/x.ts', "import { hostAndPort } from '../text/index.ts'"],
    ['types one by one', 'src/links/x.ts', "import { type Reply, type Request } from '../core/index.ts'"],
    ['ioredis in the harness', 'src/harness/x.ts', "import { Redis } from 'ioredis'"],
    ['Node in an outer module', 'src/server/x.ts', "import net from 'node:net'"],
    ['the file of config with I/O', 'src/config/file-config-store.ts', "import fs from 'node:fs'"],
    ['everything in the composition root', 'src/daemon/compose.ts', "import { Driver } from '../driver/index.ts'\nimport { Server } from '../server/index.ts'"],
    ['imports in text and comments', 'src/core/x.ts', "// import fs from 'node:fs'\nconst text = \"import fs from 'node:fs'\""],
  ])('allows %s', (_what, path, text) => {
    expect(reasons(path, text)).toEqual([])
  })

  it('names the line', () => {
    expect(importViolations([{ path: 'src/core/x.ts', text: "\n\nimport fs from 'node:fs'\n" }])).toEqual([
      { path: 'src/core/x.ts', line: 3, reason: 'core must not import node:fs' },
    ])
  })
})
