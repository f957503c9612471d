import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import {
  CommandConnection, eventually, ManagedProcess, sentinelProgram, type SentinelKind, type Workspace,
} from '../../src/harness/index.ts'

/** Ticks of /proc/<pid>/stat in a second. */
const TICKS_PER_SECOND = 100

/** One sentinel by itself, with what it costs. */
export class WatchedSentinel {
  readonly kind: SentinelKind
  readonly port: number
  readonly process: ManagedProcess
  readonly connection: CommandConnection
  readonly configFile: string

  private constructor(kind: SentinelKind, port: number, process: ManagedProcess, configFile: string) {
    this.kind = kind
    this.port = port
    this.process = process
    this.configFile = configFile
    this.connection = new CommandConnection({ host: '127.0.0.1', port })
  }

  /** Writes the file and starts nothing. */
  static async create(workspace: Workspace, kind: SentinelKind, lines: readonly string[]): Promise<WatchedSentinel> {
    const port = await workspace.claimPort()
    const folder = join(workspace.folder, `${kind}-${port}`)
    mkdirSync(folder)
    const configFile = join(folder, 'sentinel.conf')
    writeFileSync(configFile, [`port ${port}`, `dir ${folder}`, ...lines, ''].join('\n'))
    const process = new ManagedProcess({
      name: `${kind}-${port}`, logFile: join(folder, 'log'), workspace, onChange: () => undefined,
    })
    return new WatchedSentinel(kind, port, process, configFile)
  }

  /** Starts it; nothing is waited for. */
  async launch(): Promise<void> {
    await this.process.start(sentinelProgram(this.kind).command(this.configFile), join(this.configFile, '..'))
  }

  /** Starts it and waits until it answers. */
  async start(): Promise<void> {
    await this.launch()
    await eventually(`${this.process.name} to answer`, () => this.connection.call(['PING']), {
      timeoutMs: 30_000, everyMs: 5,
    })
  }

  async stop(): Promise<void> {
    this.connection.close()
    await this.process.stop()
  }

  /** Processor time that it has used so far, in milliseconds. */
  cpuMs(): number {
    const fields = this.#proc('stat').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 1000 / TICKS_PER_SECOND
  }

  /** The part of it that the kernel used. */
  kernelMs(): number {
    const fields = this.#proc('stat').split(') ')[1]?.split(' ') ?? []
    return Number(fields[12]) * 1000 / TICKS_PER_SECOND
  }

  /** Memory that is in use, in MiB. */
  rssMiB(): number {
    return Number(/VmRSS:\s+(\d+) kB/.exec(this.#proc('status'))?.[1]) / 1024
  }

  /** How often a line of its log contains the text. */
  countLogged(text: string): number {
    return readFileSync(this.process.logFile, 'utf8').split('\n').filter((line) => line.includes(text)).length
  }

  #proc(file: string): string {
    return readFileSync(`/proc/${this.process.pid}/${file}`, 'utf8')
  }
}
