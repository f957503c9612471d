/** config.md 1.6, steps 9 and 13. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientRoom, HTTP_DESCRIPTORS } from '../../../src/daemon/descriptor-limit.ts'
import { backlogWarning } from '../../../src/daemon/startup-lines.ts'
import { PACKAGE_VERSION } from '../../../src/daemon/version.ts'
import { CONNECTIONS_HARD_MAX, STREAMS_MAX } from '../../../src/http/limits.ts'
import packageFile from '../../../package.json' with { type: 'json' }

describe('the limit on open files', () => {
  it('does not change maxclients when it is high enough', () => {
    expect(clientRoom(10_000, { limit: 10_032 })).toEqual({ maxClients: 10_000, warnings: [], obstacles: [] })
  })

  it('reduces maxclients with three warnings when it is too low', () => {
    expect(clientRoom(10_000, { limit: 1024 })).toEqual({
      maxClients: 992,
      obstacles: [],
      warnings: [
        'You requested maxclients of 10000 requiring at least 10032 max file descriptors.',
        "Server can't set maximum open files to 10032 because of OS error: Operation not permitted.",
        "Current maximum open files is 1024. maxclients has been reduced to 992 to compensate for low ulimit. If you need higher maxclients increase 'ulimit -n'.",
      ],
    })
  })

  it('prevents the start when no descriptor is left for clients', () => {
    expect(clientRoom(10_000, { limit: 32 })).toMatchObject({
      obstacles: [expect.stringMatching(/^Your current 'ulimit -n' of 32 is not enough/)],
    })
  })

  it('reserves descriptors for the connections of HTTP, so that clients cannot use them', () => {
    expect(HTTP_DESCRIPTORS).toBe(CONNECTIONS_HARD_MAX + STREAMS_MAX)
    expect(clientRoom(10_000, { http: HTTP_DESCRIPTORS, limit: 10_320 }))
      .toEqual({ maxClients: 10_000, warnings: [], obstacles: [] })
    const reduced = clientRoom(10_000, { http: HTTP_DESCRIPTORS, limit: 1024 })
    expect(reduced.maxClients).toBe(704)
    expect(reduced.warnings[0]).toBe('You requested maxclients of 10000 requiring at least 10320 max file descriptors.')
  })

  it('is read from the system', () => {
    expect(clientRoom(1).maxClients).toBe(1)
  })
})

describe('the backlog', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'backlog-'))
    writeFileSync(join(folder, 'somaxconn'), '128\n')
  })
  afterAll(() => { rmSync(folder, { recursive: true }) })

  it('causes a warning when the system allows less', () => {
    const file = join(folder, 'somaxconn')
    expect(backlogWarning(511, file))
      .toBe(`WARNING: The TCP backlog setting of 511 cannot be enforced because ${file} is set to the lower value of 128.`)
    expect(backlogWarning(128, file)).toBeUndefined()
    expect(backlogWarning(511, join(folder, 'nothing'))).toBeUndefined()
  })
})

it('the version of the program is that of the package', () => {
  expect(PACKAGE_VERSION).toBe(packageFile.version)
})
