/**
 * Lines of `src` that the tests run (`npm run coverage`): in the test process, and in the sentinels that the tests
 * start as processes of their own. A line counts when either of them ran it. `--min 90` makes less an error;
 * paths of tests behind it run only those.
 */
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { mergeScriptCovs, type ScriptCov } from '@bcoe/v8-coverage'
import { convert } from 'ast-v8-to-istanbul'
import { build } from 'esbuild'
import istanbul, { type CoverageMapData } from 'istanbul-lib-coverage'
import { parseAst } from 'vite'

interface SourceMap {
  version: number
  sources: string[]
  mappings: string
  names: string[]
}

/** Line by line, how often it ran. */
type Lines = ReadonlyMap<number, number>
type Coverage = ReadonlyMap<string, Lines>

const { values, positionals } = parseArgs({ allowPositionals: true, options: { min: { type: 'string', default: '0' }, projects: { type: 'string', default: 'unit,simulation,fleet' } } })
const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-coverage-'))
try {
  process.exitCode = await measure()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(): Promise<number> {
  const program = await buildProgram()
  const status = await runTests(program)
  const ran = [readTestProcess(), await readChildren(program)]
  const share = report(unite(ran))
  if (status !== 0) console.error(`the tests ended with status ${status}`)
  if (share < Number(values.min)) console.error(`less than ${values.min} % of the lines`)
  return status === 0 && share >= Number(values.min) ? 0 : 1
}

/** The program as it is shipped, with a map back to the sources. */
async function buildProgram(): Promise<string> {
  const outfile = join(folder, 'ts-sentinel.js')
  await build({
    entryPoints: ['src/cli/main.ts'],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    outfile,
    sourcemap: 'linked',
    banner: {
      js: '#!/usr/bin/env node\nimport{createRequire as __cr}from\'node:module\';const require=__cr(import.meta.url);',
    },
    logLevel: 'warning',
  })
  chmodSync(outfile, 0o755)
  return outfile
}

function runTests(program: string): Promise<number> {
  const projects = values.projects.split(',').flatMap((name) => ['--project', name])
  const args = ['vitest', 'run', ...projects, '--coverage', '--coverage.reportOnFailure',
    '--coverage.reporter=json', `--coverage.reportsDirectory=${join(folder, 'tests')}`, ...positionals]
  const child = spawn('npx', args, {
    stdio: 'inherit',
    env: { ...process.env, TS_SENTINEL_JS: program, NODE_V8_COVERAGE: join(folder, 'processes') },
  })
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) => { done(code ?? 1) })
  })
}

function readTestProcess(): Coverage {
  return linesOf(JSON.parse(readFileSync(join(folder, 'tests', 'coverage-final.json'), 'utf8')) as CoverageMapData)
}

/** Every process that ended by itself has left a file. They are many: they are put together one by one. */
async function readChildren(program: string): Promise<Coverage> {
  const url = pathToFileURL(program).href
  let merged: ScriptCov | undefined
  for (const name of readdirSync(join(folder, 'processes'))) {
    const { result } = JSON.parse(readFileSync(join(folder, 'processes', name), 'utf8')) as { result: ScriptCov[] }
    const own = result.filter((script) => script.url === url)
    merged = mergeScriptCovs(merged === undefined ? own : [merged, ...own])
  }
  // Unit tests alone start none.
  if (merged === undefined) return new Map()
  const code = readFileSync(program, 'utf8')
  const sourceMap = JSON.parse(readFileSync(`${program}.map`, 'utf8')) as SourceMap
  return linesOf(await convert({ ast: parseAst(code), code, wrapperLength: 0, coverage: merged, sourceMap }))
}

function linesOf(data: CoverageMapData): Coverage {
  const map = istanbul.createCoverageMap(data)
  return new Map(map.files().map((file) => {
    const lines = Object.entries(map.fileCoverageFor(file).getLineCoverage())
    return [fromProject(file), new Map(lines.map(([line, count]) => [Number(line), count]))]
  }))
}

/** `src/…`, wherever the map was made. */
function fromProject(file: string): string {
  const at = file.lastIndexOf('/src/')
  return at === -1 ? basename(file) : file.slice(at + 1)
}

/** Which lines there are is told by the test process: it knows files that no process has loaded, too. */
function unite([tests, children]: readonly Coverage[]): Coverage {
  const united = new Map<string, Lines>()
  for (const [file, lines] of tests ?? []) {
    const others = children?.get(file)
    united.set(file, new Map([...lines].map(([line, count]) => [line, count + (others?.get(line) ?? 0)])))
  }
  return united
}

/** Prints each file with lines that nothing ran, and returns the share of lines that ran, in per cent. */
function report(coverage: Coverage): number {
  const total = { lines: 0, ran: 0 }
  for (const [file, lines] of [...coverage].filter(([path]) => isSource(path)).sort()) {
    const missed = [...lines].filter(([, count]) => count === 0).map(([line]) => line)
    total.lines += lines.size
    total.ran += lines.size - missed.length
    if (missed.length > 0) console.log(`${file} ${(100 - 100 * missed.length / lines.size).toFixed(1)} %: lines ${missed.join(' ')}`)
  }
  const share = 100 * total.ran / total.lines
  console.log(`${total.ran} of ${total.lines} lines of src: ${share.toFixed(2)} %`)
  return share
}

function isSource(path: string): boolean {
  return path.startsWith('src/') && path.endsWith('.ts') && statSync(resolve(path), { throwIfNoEntry: false }) !== undefined
}
