/** The genuine redis-sentinel as the judge of configuration files, and our own loader in the same place. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { loadConfig, nodeConfigEnvironment, readCommandLine, type LoadResult } from '../../src/config/index.ts'
import { validateUser } from '../../src/daemon/index.ts'

/** Nothing here may take longer than this. */
const LIMIT_MS = 10_000

export interface StartFiles {
  /** Byte text. */
  readonly files?: Readonly<Record<string, string | { readonly text: string, readonly mode: number }>>
}

/** A directory of its own for one start, removed by `remove`. */
export class StartDirectory {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'config-interop-')))

  constructor(file: string, { files = {} }: StartFiles = {}) {
    for (const [name, content] of Object.entries({ 's.conf': file, ...files })) {
      const { text, mode } = typeof content === 'string' ? { text: content, mode: 0o644 } : content
      writeFileSync(join(this.path, name), text, 'latin1')
      chmodSync(join(this.path, name), mode)
    }
  }

  read(): string {
    return readFileSync(join(this.path, 's.conf'), 'latin1')
  }

  write(text: string): void {
    writeFileSync(join(this.path, 's.conf'), text, 'latin1')
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

export interface Exit {
  /** Null when it had to be stopped. */
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the genuine program with a configuration that makes it leave. */
export function runGenuine(
  { path }: StartDirectory, args: readonly string[] = [], { program = 'redis-sentinel', stdin = '' } = {},
): Exit {
  const { status, stdout, stderr } = spawnSync(
    program, ['s.conf', ...args], { cwd: path, input: stdin, timeout: LIMIT_MS, encoding: 'latin1' },
  )
  return { status, stdout, stderr }
}

/** Loads the same configuration with our loader, in the same directory. */
export function loadOurs(
  { path }: StartDirectory, args: readonly string[] = [], { program = 'redis-sentinel', stdin = '' } = {},
): LoadResult {
  const commandLine = readCommandLine(program, ['s.conf', ...args])
  if (commandLine.action !== 'run') throw new Error(`the command line means ${commandLine.action}`)
  const before = process.cwd()
  process.chdir(path)
  try {
    const environment = { ...nodeConfigEnvironment(), readStandardInput: () => stdin }
    return loadConfig({ commandLine, environment, validateUser })
  } finally {
    process.chdir(before)
  }
}

/** A genuine sentinel that runs. Its configuration must hold `port 0` and `unixsocket s.sock`. */
export class GenuineSentinel {
  readonly #process: ChildProcess
  readonly #socket: string
  #output = ''

  private constructor(directory: string) {
    this.#socket = join(directory, 's.sock')
    this.#process = spawn('redis-sentinel', ['s.conf'], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk: Buffer) => { this.#output += chunk.toString('latin1') })
    }
  }

  /** Rejects with what the program said when it does not come up. */
  static async start({ path }: StartDirectory): Promise<GenuineSentinel> {
    const sentinel = new GenuineSentinel(path)
    const deadline = Date.now() + LIMIT_MS
    while (!sentinel.#output.includes('Sentinel ID is') || !existsSync(sentinel.#socket)) {
      if (sentinel.#process.exitCode !== null || sentinel.#process.signalCode !== null || Date.now() > deadline) {
        await sentinel.stop()
        throw new Error(`redis-sentinel did not start:\n${sentinel.#output}`)
      }
      await pause(5)
    }
    return sentinel
  }

  /** Log and stderr so far. */
  get output(): string {
    return this.#output
  }

  /** Sends one inline command and returns the first line of the reply. `password` is quoted as in the file. */
  async ask(command: string, password?: string): Promise<string> {
    const socket = createConnection(this.#socket)
    try {
      socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error(`no answer to ${command}`)))
      const commands = password === undefined ? [command] : [`AUTH ${password}`, command]
      for (const line of commands) socket.write(`${line}\r\n`)
      let reply = ''
      for await (const chunk of socket) {
        reply += (chunk as Buffer).toString('latin1')
        if (reply.split('\r\n').length > commands.length) break
      }
      return reply.split('\r\n')[commands.length - 1] ?? ''
    } finally {
      socket.destroy()
    }
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGKILL')
    await ended
  }
}

/** Listens on a socket in the start directory only, so that no port is needed. */
export const LISTEN = 'port 0\nunixsocket s.sock\n'
