import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { buildServer } from '../../../src/harness/build-server.ts'
import { installCommand, unmetRequirement } from '../../../src/harness/index.ts'
import { meets } from '../../../src/harness/requirement.ts'
import { findServer } from '../../../src/harness/server-program.ts'
import { isOlder, releaseOf } from '../../../src/harness/server-release.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-servers-'))
  vi.stubEnv('REDIS_SERVER', undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** A program in the folder that prints a text for `--version`. */
function program(name: string, version = ''): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\necho "${version}"\n`)
  chmodSync(path, 0o755)
  return path
}

describe('the program of a data node', () => {
  it('is that of the option, then of the programs, of REDIS_SERVER, and of the PATH, where Valkey comes last', async () => {
    vi.stubEnv('PATH', folder)
    const found = async (...args: Parameters<typeof findServer>) => (await findServer(...args)).file
    expect(await found(undefined)).toBe('redis-server')
    const valkey = program('valkey-server')
    expect(await found(undefined)).toBe(valkey)
    const redis = program('redis-server')
    expect(await found(undefined)).toBe(redis)
    vi.stubEnv('REDIS_SERVER', '/opt/redis')
    expect(await found(undefined)).toBe('/opt/redis')
    expect(await found(undefined, { redisServer: 'redis-6' })).toBe('redis-6')
    expect(await found('sub/redis', { redisServer: 'redis-6' })).toBe(join(process.cwd(), 'sub/redis'))
    expect(await findServer({ path: '/x', env: { A: '1' } })).toMatchObject({ file: '/x', env: { A: '1' } })
  })

  it('names where a path comes from, and how to install a program, when it does not exist', async () => {
    vi.stubEnv('PATH', folder)
    expect((await findServer(undefined)).ifMissing).toMatch(/install one \(.+\), or give its path in the environment variable REDIS_SERVER/)
    vi.stubEnv('REDIS_SERVER', '/opt/redis')
    expect((await findServer(undefined)).ifMissing).toBe('The environment variable REDIS_SERVER has this path.')
  })

  it('cannot be a folder', async () => {
    await expect(findServer(folder)).rejects.toThrow(`the server ${folder} is a folder: give the path of its program`)
  })

  it('is installed with the package manager that is there', () => {
    vi.stubEnv('PATH', folder)
    program('apt-get')
    expect(installCommand('redis-server')).toMatch(/^(?:sudo )?apt-get install -y redis-server$/)
  })

  it('has the release that it reports with its variables', async () => {
    const path = join(folder, 'server')
    writeFileSync(path, '#!/bin/sh\necho "Valkey server v=$WANTED sha=0"\n')
    chmodSync(path, 0o755)
    const older = await releaseOf(path, { WANTED: '7.2.5' })
    const newer = await releaseOf(path, { WANTED: '8.1.0-rc1' })
    expect(newer).toEqual({ name: `${path} 8.1.0-rc1`, product: 'valkey', major: 8, minor: 1, version: '8.1.0-rc1' })
    expect([isOlder(older, newer), isOlder(newer, older), isOlder({ ...newer, product: 'redis' }, older)]).toEqual([true, false, true])
  })
})

describe('a requirement', () => {
  const redis = { name: '', major: 7, minor: 0, product: 'redis', version: '7.0.15' } as const
  const valkey = { name: '', major: 8, minor: 0, product: 'valkey', version: '8.0.1' } as const
  it.each([
    ['redis', true, true], ['redis>=6.2', true, true], ['redis>=7.0.15', true, true], ['redis >= 7.0.16', false, true],
    ['redis>=7.4', false, false], ['redis>=6.2 <7', false, false], ['redis>7', false, false], ['redis<=7', true, true],
    ['redis=7.0', true, false], ['valkey', false, true], ['valkey>=8', false, true], ['valkey>=8.1', false, false],
  ])('%s is met by Redis 7.0.15: %s, by Valkey 8.0.1: %s', (requirement, byRedis, byValkey) => {
    expect([meets(redis, requirement), meets(valkey, requirement)]).toEqual([byRedis, byValkey])
  })

  it('that is not met is explained with the release of the server, of each node', async () => {
    const server = program('redis-5', 'Redis server v=5.0.14 sha=0')
    const replicas = [{ server: program('redis-7', 'Redis server v=7.4.0 sha=0') }, { server: program('other', 'a server') }]
    expect(await unmetRequirement({ requires: 'redis>=6.2', server }))
      .toBe(`this deployment requires redis>=6.2, and ${server} is Redis 5.0.14`)
    expect(await unmetRequirement({ requires: ['redis>=6.2', 'redis=5'], server, replicas: 1 })).toBeUndefined()
    expect(await unmetRequirement({ requires: 'redis<7', server, replicas })).toMatch(/redis-7 is Redis 7\.4\.0$/)
    expect(await unmetRequirement({ requires: 'redis>=5', server, replicas })).toMatch(/other is of an unknown release$/)
    // The start reports a missing program, with how to get one.
    expect(await unmetRequirement({ requires: 'redis>=6.2', server: '/nowhere/redis', replicas: 0 })).toBeUndefined()
  })
})

describe('a server from source', () => {
  /** Counts its builds in the file that BUILDS names. */
  function source(name: string): string {
    const path = join(folder, name)
    mkdirSync(join(path, 'src'), { recursive: true })
    writeFileSync(join(path, 'Makefile'), 'all:\n\techo built >> $(BUILDS)\n\tprintf \'#!/bin/sh\\necho $(WORD)\\n\' > src/redis-server\n')
    return path
  }

  it('is built once for a folder and for an archive, and again when the source changes', async () => {
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
    const make = [`BUILDS=${join(folder, 'builds')}`, 'WORD=hello']
    const path = source('redis-7.2.4')
    const [built, same] = await Promise.all([buildServer({ source: path, make }), buildServer({ source: path, make })])
    expect(same).toBe(built)
    expect(execFileSync(built, { encoding: 'utf8' })).toBe('hello\n')
    expect(existsSync(join(path, 'src/redis-server'))).toBe(false)
    expect(await buildServer({ source: path, make })).toBe(built)
    expect(execFileSync('wc', ['-l', join(folder, 'builds')], { encoding: 'utf8' })).toMatch(/^1 /)
    const archive = join(folder, 'redis.tar.gz')
    execFileSync('tar', ['-czf', archive, '-C', folder, 'redis-7.2.4'])
    expect((await findServer({ source: archive, make })).file).not.toBe(built)
    writeFileSync(join(path, 'more'), '')
    expect(await buildServer({ source: path, make })).not.toBe(built)
  })

  it('that cannot be built is an error with the reason', async () => {
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
    await expect(buildServer({ source: join(folder, 'none') })).rejects.toThrow(`there is no source ${join(folder, 'none')}`)
    const path = source('broken')
    writeFileSync(join(path, 'Makefile'), 'all:\n\t@echo no compiler; false\n')
    await expect(buildServer({ source: path })).rejects.toThrow(/cannot build a server from .*broken: make .*failed:\n(?:.*\n)*no compiler/)
    writeFileSync(join(path, 'Makefile'), 'all:\n\t@true\n')
    await expect(buildServer({ source: path })).rejects.toThrow('make has built neither src/redis-server nor src/valkey-server')
  })
})
