import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { preloading } from './command.ts'
import type { SentinelProgram } from './programs.ts'

// Theory of operation. A slow disk is one whose fsync takes long. Without root, a real file system cannot be made slow,
// so the delay is added to fsync within the process: Node loads this module before the program (`--import`), and it
// wraps the method with which ts-sentinel makes its file durable. The delay is read from a file each time, so that a
// test can change it while the process runs. The program itself is unchanged.
const PRELOADED = `
import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
const handle = await open(process.execPath, 'r')
const prototype = Object.getPrototypeOf(handle)
await handle.close()
const delayMs = () => {
  try { return Number(readFileSync(process.env.TS_SENTINEL_HARNESS_DISK, 'utf8')) } catch { return 0 }
}
for (const name of ['sync', 'datasync']) {
  const original = prototype[name]
  prototype[name] = async function () {
    await delay(delayMs())
    return original.call(this)
  }
}
`

/** Delays the fsync of one ts-sentinel process. */
export class SlowDisk {
  readonly #delayFile: string
  readonly #preloaded: string

  /** @param folder of the process; two small files are written there */
  constructor(folder: string) {
    this.#delayFile = join(folder, 'disk-delay-ms')
    this.#preloaded = join(folder, 'slow-disk.mjs')
    writeFileSync(this.#preloaded, PRELOADED)
    this.set(0)
  }

  /** Makes each fsync that begins from now on take this much longer. */
  set(delayMs: number): void {
    writeFileSync(this.#delayFile, String(delayMs))
  }

  /** The program, started with the delay. */
  wrap(program: SentinelProgram): SentinelProgram {
    return {
      name: program.name,
      command: (configFile) => {
        const command = program.command(configFile)
        return {
          ...command,
          env: { ...command.env, ...preloading(this.#preloaded), TS_SENTINEL_HARNESS_DISK: this.#delayFile },
        }
      },
    }
  }
}
