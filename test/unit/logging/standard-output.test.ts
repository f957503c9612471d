/** The log on standard output when the process ends: a socket (systemd, Node), a pipe, and a reader that is stuck. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/**
 * Hands 50 lines over while the only thread of Node is busy, logs 50 more and ends. With an argument it logs that many
 * bytes first, which no pipe takes.
 */
const PROGRAM = `
import { pbkdf2 } from 'node:crypto'
import { createLogger } from '${process.cwd()}/src/logging/index.ts'

const logger = createLogger({ level: 'notice', logfile: '', pid: 7 })
const log = (from, to) => { for (let number = from; number < to; number++) logger.log('notice', 'line ' + number) }
for (let bytes = Number(process.argv[2] ?? 0); bytes > 0; bytes -= 1000) logger.log('notice', 'x'.repeat(1000))
pbkdf2('word', 'salt', 100_000, 64, 'sha512', () => undefined)
log(0, 50)
let turns = 0
const turn = () => {
  if ((turns += 1) < 20) return setImmediate(turn)
  log(50, 100)
  logger.close()
  process.exit(0)
}
turn()
`

let folder: string
let program: string
const children: ChildProcess[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-output-'))
  const entry = join(folder, 'entry.mjs')
  program = join(folder, 'program.mjs')
  writeFileSync(entry, PROGRAM)
  buildSync({
    entryPoints: [entry], outfile: program, bundle: true, platform: 'node', target: 'node20', format: 'esm',
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url)' },
    nodePaths: [join(process.cwd(), 'node_modules')],
  })
})

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function start(file: string, args: readonly string[]): ChildProcess {
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  })
  children.push(child)
  return child
}

describe('the log on standard output', () => {
  it.each<[string, string, readonly string[]]>([
    // What Node calls a pipe is a socket.
    ['a socket', process.execPath, []],
    ['a pipe', 'sh', ['-c', '"$0" "$1" | cat', process.execPath]],
  ])('on %s has every line once and in order before the process ends, also when Node has no thread left', async (_what, file, args) => {
    const child = start(file, [...args, program])
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => { output += text })
    await once(child, 'close')
    const lines = output.trimEnd().split('\n').map((line) => /line \d+$/.exec(line)?.[0])
    expect(lines).toEqual(Array.from({ length: 100 }, (_unused, number) => `line ${number}`))
  })

  it.each<[string, string, readonly string[]]>([
    ['a socket', process.execPath, []],
    // Descriptor 3 keeps a reader of the pipe open.
    ['a pipe that is standard error too', 'sh', ['-c', 'mkfifo "$1.pipe"; exec 3<>"$1.pipe"; exec "$0" "$1" "$2" >"$1.pipe" 2>&1', process.execPath]],
  ])('on %s that is full and never read does not keep the process from ending', async (_what, file, args) => {
    const child = start(file, [...args, program, '2000000'])
    child.stdout?.pause()
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
