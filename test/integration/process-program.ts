/** Runs a sentinel program the way an operator's shell does, and keeps what it prints. */
import { spawn, type ChildProcess } from 'node:child_process'
import {
  eventually, genuineSentinel, notYet, ourSentinel, within, type Command, type Exit, type Workspace,
} from '../../src/harness/index.ts'

/** A start that takes longer has failed. */
const START_MS = 15_000

export interface RunOptions {
  readonly cwd: string
  readonly args: readonly string[]
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  /** In the place of the program of this kind. */
  readonly program?: Command
}

export class Program {
  stdout = ''
  stderr = ''
  readonly child: ChildProcess
  readonly ended: Promise<Exit>

  constructor(kind: 'ours' | 'genuine', workspace: Workspace, options: RunOptions) {
    const { file, args } = options.program ?? commandOf(kind)
    this.child = spawn(file, [...args, ...options.args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const { pid, stdin, stdout, stderr } = this.child
    if (pid !== undefined) workspace.adopt(pid)
    // A program that refuses its arguments may be gone before it is offered any input: its end tells what happened.
    stdin?.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') throw error })
    stdin?.end(options.stdin ?? '')
    stdout?.setEncoding('utf8').on('data', (text: string) => { this.stdout += text })
    stderr?.setEncoding('utf8').on('data', (text: string) => { this.stderr += text })
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject)
      this.child.once('close', (code, signal) => {
        if (pid !== undefined) workspace.release(pid)
        resolve({ code, signal })
      })
    })
  }

  get pid(): number {
    return this.child.pid ?? -1
  }

  /** Waits for the end of a program that ends by itself. */
  end(): Promise<Exit> {
    return within('the end of the program', START_MS, this.ended)
  }

  /** Sends a signal and waits for the end. `ms` is how long it took. */
  async endBy(signal: NodeJS.Signals): Promise<Exit & { readonly ms: number }> {
    const before = performance.now()
    this.child.kill(signal)
    const exit = await this.end()
    return { ...exit, ms: performance.now() - before }
  }

  /** Waits until the log has this text. */
  async logged(text: string): Promise<void> {
    await eventually(`"${text}" in the log`, () => {
      if (!this.stdout.includes(text)) throw notYet(this.stdout + this.stderr)
    }, { timeoutMs: START_MS, everyMs: 10 })
  }

  /** The messages of the log, without process id, time and level, with ids and versions masked. */
  messages(): string[] {
    return messagesOf(this.stdout)
  }
}

/** The command without its config file: the arguments are the test's own. */
export function commandOf(kind: 'ours' | 'genuine'): Command {
  const { file, args } = (kind === 'ours' ? ourSentinel() : genuineSentinel()).command('')
  return { file, args: args.slice(0, -1) }
}

/** The only line of a start that the original does not have. */
export const OWN_VERSION_LINE = /\bts-sentinel version=[\d.]+, node=v[\d.]+$/

/** Levels are not compared: the newer release of the specification says some of these lines at another one. */
export function messagesOf(log: string): string[] {
  return log.split('\n').filter((line) => line !== '' && !OWN_VERSION_LINE.test(line)).map((line) => line
    .replace(/^\d+:X \d\d \w{3} \d{4} \d\d:\d\d:\d\d\.\d{3} [.*#-] /, '')
    .replace(/^\d+:signal-handler \(\d{10}\) /, 'signal-handler: ')
    .replace(/\bpid=\d+/, 'pid=N')
    .replace(/(Redis version=)[\d.]+/, '$1V')
    .replace(/\b[0-9a-f]{40}\b/g, 'ID')
    // 7.0 writes (TCP), later releases (tcp).
    .replace('(TCP)', '(tcp)'))
}
