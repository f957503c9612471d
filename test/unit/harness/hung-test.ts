import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { build } from 'esbuild'

/** A test library in small: a shell starts a main process, which starts a process with a test that hangs for ever. */
export interface HungTest {
  /** The processes that are left when something is wrong, the outermost first. */
  readonly shell: number
  readonly main: number
  readonly worker: number
  /** What the test started by the harness. */
  readonly server: number
  /** The folder of that. */
  readonly folder: string
  /** Ends what may be left. */
  end(): void
}

const MAIN = `
  import { spawn } from 'node:child_process'
  spawn(process.execPath, [process.argv[2], String(process.pid), process.argv[3]], { stdio: 'inherit' })
  setInterval(() => undefined, 1000)`

// The thread is blocked, as by a loop that never ends, so no timer or signal handler of its own can help.
const WORKER = `
  import { writeSync } from 'node:fs'
  import { Workspace } from './workspace.ts'
  import { ManagedProcess } from './managed-process.ts'
  const workspace = new Workspace('ts-sentinel-unit')
  const one = new ManagedProcess({
    name: 'sleeper', logFile: workspace.folder + '/log.txt', workspace, onChange: () => undefined,
  })
  await one.start({ file: 'sleep', args: ['600'] }, workspace.folder)
  // The reaper has its orders when this turn of the loop is over.
  await new Promise(setImmediate)
  const [shell, main] = [process.argv[3], process.argv[2]].map(Number)
  writeSync(1, JSON.stringify({ shell, main, worker: process.pid, server: one.pid, folder: workspace.folder }) + '\\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`

/** Starts it. Resolves when the server of the test runs. */
export async function startHungTest(): Promise<HungTest> {
  const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-hung-'))
  const main = join(folder, 'main.mjs')
  const worker = join(folder, 'worker.mjs')
  writeFileSync(main, MAIN)
  writeFileSync(worker, await bundled(WORKER))
  // The second command keeps the shell from becoming the main process itself.
  const child = spawn('/bin/sh', ['-c', '"$0" "$1" "$2" $$; exit', process.execPath, main, worker], {
    detached: true, stdio: ['ignore', 'pipe', 'inherit'],
  })
  const end = (): void => {
    endGroup(child)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const [line] = await once(child.stdout, 'data') as [Buffer]
    return { ...JSON.parse(line.toString()) as Omit<HungTest, 'end'>, end }
  } catch (error) {
    end()
    throw error
  }
}

/** Bundled, because plain Node 20 runs no TypeScript. */
async function bundled(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(import.meta.dirname, '../../../src/harness'), loader: 'ts' },
    bundle: true, platform: 'node', format: 'esm', write: false,
  })
  return outputFiles[0]?.text ?? ''
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
