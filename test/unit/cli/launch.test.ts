/** The built program: started the same with and without its code cache. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync, transformSync } from 'esbuild'
import type * as tlsModule from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeCachePath, sealCache, unsealCache } from '../../../src/cli/launch/code-cache.ts'
import { engineFlags } from '../../../src/cli/launch/frugal-engine.ts'
import { requireLazily } from '../../../src/cli/launch/lazy-module.ts'

const OLDEST_THAT_READS_IT = 'node12'

/** Runs `--version` as if this Node were that release. */
function runOn(release: string, executable: string) {
  const disguise = [
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${release}' } })`,
    `Object.defineProperty(process, 'version', { value: 'v${release}' })`,
  ].join('\n')
  const preload = `data:text/javascript,${encodeURIComponent(disguise)}`
  return spawnSync(process.execPath, ['--import', preload, executable, '--version'], { encoding: 'utf8' })
}

describe('the seal of the code cache', () => {
  const cache = Buffer.from('what V8 made')

  const program = Buffer.from('the text')

  it('accepts the same bytes for the same program', () => {
    expect(unsealCache(sealCache(cache, program), program)).toEqual(cache)
  })

  it('refuses another program, and damaged, incomplete or missing bytes', () => {
    const sealed = sealCache(cache, program)
    const damaged = Buffer.from(sealed)
    damaged[40] = (damaged[40] ?? 0) ^ 1
    expect(unsealCache(sealed, Buffer.from('the next'))).toBeUndefined()
    expect(unsealCache(damaged, program)).toBeUndefined()
    expect(unsealCache(sealed.subarray(0, -1), program)).toBeUndefined()
    expect(unsealCache(Buffer.alloc(0), program)).toBeUndefined()
  })
})

describe('modules of Node in the bundle', () => {
  it('are loaded once, when one of their properties is used', () => {
    const read: string[] = []
    const require = requireLazily((name) => {
      read.push(name)
      return process.getBuiltinModule(name) ?? {}
    })
    const tls = require('node:tls') as typeof tlsModule
    expect(read).toEqual([])
    expect(tls.DEFAULT_MIN_VERSION).toMatch(/^TLS/)
    expect(Object.keys(tls)).toContain('connect')
    expect(read).toEqual(['node:tls'])
  })

  it('may be functions', () => {
    const assert = requireLazily()('assert') as (value: unknown) => void
    expect(() => { assert(false) }).toThrow()
  })
})

describe('flags for V8', () => {
  it('are known to this Node, which would warn about others on the standard error of every start', () => {
    const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })
    for (const flag of engineFlags(process.versions.v8)) expect(known).toContain(`${flag.replace(/=.*/, '')} (`)
  })
})

describe('the executable', () => {
  let folder: string
  let executable: string
  let cachePath: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-launch-'))
    executable = join(folder, 'ts-sentinel.js')
    cachePath = codeCachePath(folder)
    const bundle = (entry: string, outfile: string, format: 'esm' | 'cjs') => {
      buildSync({
        entryPoints: [entry], outfile, format, bundle: true, platform: 'node', minifyWhitespace: true,
        target: entry.endsWith('launcher.ts') ? OLDEST_THAT_READS_IT : 'node20', external: ['ioredis'],
        ...(format === 'cjs'
          ? { supported: { 'dynamic-import': false }, define: { 'import.meta.url': 'programUrl' } }
          : {}),
      })
      return outfile
    }
    bundle('src/cli/main.ts', join(folder, 'program.cjs'), 'cjs')
    bundle('src/cli/launch/launcher.ts', executable, 'esm')
    chmodSync(executable, 0o755)
    execFileSync(process.execPath, [
      bundle('src/cli/launch/make-code-cache.ts', join(folder, 'make-code-cache.mjs'), 'esm'), folder,
    ], { timeout: 60_000 })
  }, 90_000)
  afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

  const version = (file: string) => execFileSync(process.execPath, [file, '--version'], { encoding: 'utf8' })

  it('has a code cache for this Node, and works the same without it and with a damaged or foreign one', () => {
    const sealed = readFileSync(cachePath)
    const expected = version(executable)
    expect(expected).toMatch(/^Redis server v=/)
    const damaged = Buffer.from(sealed)
    damaged.fill(0x5a, 5000, 6000)
    for (const bytes of [damaged, sealed.subarray(0, 1000), sealCache(sealed, Buffer.from('another program')), Buffer.alloc(0)]) {
      writeFileSync(cachePath, bytes)
      expect(version(executable)).toBe(expected)
    }
    rmSync(cachePath)
    mkdirSync(cachePath)
    expect(version(executable)).toBe(expected)
    rmSync(cachePath, { recursive: true })
    expect(version(executable)).toBe(expected)
    writeFileSync(cachePath, sealed)
  }, 60_000)

  it('handles SIGUSR1 in its first statement, because Node opens its debugger until then', () => {
    const text = readFileSync(executable, 'utf8')
    const first = text.indexOf('dieOfSigusr1();')
    expect(first).toBeGreaterThan(0)
    // Modules that are imported run before the first statement.
    expect(text).not.toMatch(/(?:^|[;\n}])import\s*["'{*\w]/)
    for (const other of ['process.versions', 'runBelowInit()', 'runInThisContext']) expect(text.indexOf(other)).toBeGreaterThan(first)
  })

  it('has only ASCII characters, because V8 needs two bytes for each character otherwise', () => {
    const lines = readFileSync(join(folder, 'program.cjs'), 'utf8').split('\n')
    expect(lines.filter((line) => /[^\0-\x7f]/.test(line))).toEqual([])
  })

  it.each(['12.22.12', '18.20.8', '20.18.3'])('names the Node that it needs, and ends with 1, on Node %s', (old) => {
    const { status, stderr, stdout } = runOn(old, executable)
    expect(stderr).toBe(`ts-sentinel needs Node.js 20.19 or newer; this is v${old} (${process.execPath}).\n`)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  })

  it.each(['20.19.0', '22.0.0', '24.1.0'])('runs on Node %s', (version) => {
    expect(runOn(version, executable)).toMatchObject({ status: 0, stderr: '' })
  })

  it('is written in a syntax that old releases of Node read, so that they can report the release that is needed', () => {
    const text = readFileSync(executable, 'utf8')
    const shown = (target: string) => transformSync(text, { target, format: 'esm' }).code
    expect(shown(OLDEST_THAT_READS_IT)).toBe(shown('esnext'))
    const { engines, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly engines: { readonly node: string }
      readonly scripts: Readonly<Record<string, string>>
    }
    expect(engines.node).toBe('>=20.19')
    expect(scripts['bundle:launcher']).toContain(`--target=${OLDEST_THAT_READS_IT} `)
  })

  it('runs through a link, under another name', () => {
    const link = join(folder, 'redis-sentinel')
    symlinkSync(executable, link)
    expect(version(link)).toMatch(/^Redis server v=/)
  }, 30_000)
})
