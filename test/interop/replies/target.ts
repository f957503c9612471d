import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { SentinelProgram } from '../../../src/harness/index.ts'
import { claimPort, eventually } from '../../../src/harness/index.ts'
import { RawClient } from '../../unit/server/raw-client.ts'

/** A sentinel to ask, whoever wrote it. */
export interface Target {
  readonly port: number
  readonly configFile: string
  stop(): Promise<void>
}

export interface TargetOptions {
  readonly requirepass?: string
  /** More lines for its file. */
  readonly config?: readonly string[]
  /** Where the one monitored master is said to be; nothing listens there. */
  readonly masterPort: number
}

/** A program, watching one master that is not there. */
export async function startProgram(
  program: SentinelProgram, { requirepass, config = [], masterPort }: TargetOptions,
): Promise<Target> {
  const directory = mkdtempSync(join(tmpdir(), 'replies-'))
  const claimed = await claimPort()
  const { port } = claimed
  const file = join(directory, 'sentinel.conf')
  writeFileSync(file, [
    `port ${port}`, 'bind 127.0.0.1', `dir ${directory}`, `logfile ${join(directory, 'log')}`,
    ...(requirepass === undefined ? [] : [`requirepass ${requirepass}`]), ...config,
    // Not down during the test: its flags would change in the middle of it.
    `sentinel monitor mymaster 127.0.0.1 ${masterPort} 2`, 'sentinel down-after-milliseconds mymaster 3600000', '',
  ].join('\n'))
  const { file: executable, args } = program.command(file)
  const process = spawn(executable, args, { stdio: 'ignore' })
  const stop = async (): Promise<void> => {
    await end(process)
    claimed.release()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await eventually(`the ${program.name} sentinel listens`, async () => {
      const client = await RawClient.open(port)
      client.destroy()
    })
    return { port, configFile: file, stop }
  } catch (cause) {
    const log = readFileSync(join(directory, 'log'), 'utf8')
    await stop()
    throw new Error(`the ${program.name} sentinel did not start: ${log}`, { cause })
  }
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return
  const ended = once(process, 'exit')
  process.kill('SIGKILL')
  await ended
}
