/**
 * Makes the code cache, a step of the build: runs the program until it answers, then keeps what V8 compiled for that.
 * Usage: node make-code-cache.js <folder of the built program>
 */
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

import { codeCachePath, sealCache } from './code-cache.ts'
import { requireLazily } from './lazy-module.ts'
import { compileProgram, type Program } from './program.ts'

/** Much longer than a start takes. */
const ANSWER_MAX_MS = 20_000

const AGAIN_MS = 20

/**
 * The program runs in this process, which is of no use for anything else afterwards. Resolves with the exit status;
 * without a cache the program starts all the same, so its failure is told and no more.
 */
async function makeCodeCache(built: string): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'ts-sentinel-cache-'))
  try {
    const port = await freePort()
    const configFile = join(scratch, 'sentinel.conf')
    writeFileSync(configFile, configuration(port, scratch))
    const executable = join(realpathSync(built), 'ts-sentinel.js')
    process.argv = [process.execPath, executable, configFile, '--sentinel']
    const { script, bytes } = compileProgram(dirname(executable), { useCache: false })
    const program = script.runInThisContext() as Program
    program(requireLazily(), pathToFileURL(executable).href)
    await firstAnswer(port)
    keep(sealCache(script.createCachedData(), bytes), codeCachePath(dirname(executable)))
    return 0
  } catch (error) {
    process.stderr.write(`The code cache could not be made, so each start takes longer: ${String(error)}\n`)
    return 0
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Nobody listens at the discard port: the link is opened, which is what a start does. */
function configuration(port: number, folder: string): string {
  return [
    `port ${port}`, 'bind 127.0.0.1', `logfile ${join(folder, 'log')}`, `dir ${folder}`,
    'sentinel monitor mymaster 127.0.0.1 9 2', '',
  ].join('\n')
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => { resolve(port) })
    })
  })
}

async function firstAnswer(port: number): Promise<void> {
  const end = performance.now() + ANSWER_MAX_MS
  while (performance.now() < end) {
    if (await isAnswered(port)) return
    await delay(AGAIN_MS)
  }
  throw new Error(`the program did not answer within ${ANSWER_MAX_MS} ms`)
}

function isAnswered(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => { socket.write('PING\r\n') })
    socket.setTimeout(1000, () => { socket.destroy() })
    socket.once('error', () => undefined).once('close', () => { resolve(false) })
    socket.once('data', () => {
      resolve(true)
      socket.destroy()
    })
  })
}

function keep(bytes: Buffer, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, bytes)
  renameSync(temporary, path)
}

const [built] = process.argv.slice(2)
if (built === undefined) throw new Error('usage: make-code-cache <folder of the built program>')
process.exit(await makeCodeCache(built))
