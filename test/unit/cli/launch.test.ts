/** The built program, with and without its compile cache. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { bundleLauncher, bundleProgram, fillCompileCache, OLDEST_NODE_THAT_READS_THE_LAUNCHER } from '../../../build.mjs'
import { COMPILE_CACHE_FOLDER } from '../../../src/cli/launch/compile-cache.ts'
import { engineFlags } from '../../../src/cli/launch/frugal-engine.ts'

/** Runs `--version` as if this Node were that release. */
function runOn(release: string, executable: string) {
  const disguise = [
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${release}' } })`,
    `Object.defineProperty(process, 'version', { value: 'v${release}' })`,
  ].join('\n')
  const preload = `data:text/javascript,${encodeURIComponent(disguise)}`
  return spawnSync(process.execPath, ['--import', preload, executable, '--version'], { encoding: 'utf8' })
}

/** The files of the cache, which Node keeps in one folder for each of its releases. */
function cachedFiles(cache: string): readonly string[] {
  return readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

describe('flags for V8', () => {
  it('are known to this Node, which would warn about others on the standard error of every start', () => {
    const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })
    for (const flag of engineFlags(process.versions.v8)) expect(known).toContain(`${flag.replace(/=.*/, '')} (`)
  })
})

describe('the executable', () => {
  let folder: string
  let executable: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-launch-'))
    executable = join(folder, 'ts-sentinel.js')
    // As in package.json of the project: .js files are ES modules.
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    bundleProgram(folder)
    bundleLauncher(folder)
    fillCompileCache(folder)
  }, 90_000)
  afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

  const version = (file: string) => execFileSync(process.execPath, [file, '--version'], { encoding: 'utf8' })

  it('prints the same with a compile cache, with a damaged one, with an empty one and without one', () => {
    const cache = join(folder, COMPILE_CACHE_FOLDER)
    const expected = version(executable)
    expect(expected).toMatch(/^Redis server v=/)
    for (const file of cachedFiles(cache)) truncateSync(file, 1000)
    expect(version(executable)).toBe(expected)
    for (const file of cachedFiles(cache)) truncateSync(file, 0)
    expect(version(executable)).toBe(expected)
    rmSync(cache, { recursive: true })
    expect(version(executable)).toBe(expected)
    expect(existsSync(cache), 'no start makes one').toBe(false)
    fillCompileCache(folder)
  }, 60_000)

  it('keeps its compile cache beside the program, where this Node has one', () => {
    const files = cachedFiles(join(folder, COMPILE_CACHE_FOLDER))
    expect(files.length > 0).toBe('enableCompileCache' in process.getBuiltinModule('node:module'))
  })

  it('handles SIGUSR1 in its first statement: until then Node opens its debugger', () => {
    const text = readFileSync(executable, 'utf8')
    const first = text.indexOf('dieOfSigusr1();')
    expect(first).toBeGreaterThan(0)
    // Modules that are imported run before the first statement.
    expect(text).not.toMatch(/(?:^|[;\n}])import\s*["'{*\w]/)
    for (const other of ['process.versions', 'runBelowInit()', 'program.cjs']) expect(text.indexOf(other)).toBeGreaterThan(first)
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
    expect(shown(OLDEST_NODE_THAT_READS_THE_LAUNCHER)).toBe(shown('esnext'))
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly engines: { readonly node: string } }
    expect(engines.node).toBe('>=20.19')
  })

  it('runs through a link, under another name', () => {
    const link = join(folder, 'redis-sentinel')
    symlinkSync(executable, link)
    expect(version(link)).toMatch(/^Redis server v=/)
  }, 30_000)
})
