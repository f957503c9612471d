import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { isNode, preloading, type Command } from '../command.ts'

// Theory of operation. Without root, the clock of a machine cannot be set, so each process gets a clock of its own.
// Node loads a small module before the program (`--import`) that wraps Date and performance.now. Other programs are
// started with libfaketime, which wraps the functions of the C library. Both read the shift from a file, so that a test
// can change it while the process runs.
const PRELOADED = `
import { readFileSync } from 'node:fs'
const RealDate = Date
const wall = Date.now
const monotonic = performance.now.bind(performance)
const READ_EVERY_MS = 5
const read = { at: -Infinity, shift: { wallMs: 0, monotonicMs: 0 } }
const current = () => {
  if (monotonic() - read.at >= READ_EVERY_MS) {
    read.at = monotonic()
    try { read.shift = JSON.parse(readFileSync(process.env.TS_SENTINEL_HARNESS_CLOCK, 'utf8')) } catch {}
  }
  return read.shift
}
RealDate.now = () => wall() + current().wallMs
performance.now = () => monotonic() + current().monotonicMs
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [RealDate.now()], newTarget),
  apply: () => new RealDate(RealDate.now()).toString(),
})
`

/** Where Linux distributions install libfaketime. */
const LIBRARY_FOLDERS = ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/lib']

/** How far a clock is off. */
export interface ClockShift {
  readonly wallMs: number
  readonly monotonicMs: number
}

const NO_SHIFT: ClockShift = Object.freeze({ wallMs: 0, monotonicMs: 0 })

/** The clock of one process. */
export class ControlledClock {
  readonly #file: string
  readonly #preloaded: string
  readonly #library: string | undefined

  /**
   * @param folder of the process; small files are written there
   * @param library path of libfaketime; default: where distributions install it
   */
  constructor(folder: string, library = findLibrary()) {
    this.#file = join(folder, 'clock-shift')
    this.#preloaded = join(folder, 'clock.mjs')
    this.#library = library
    writeFileSync(this.#preloaded, PRELOADED)
    this.set(NO_SHIFT)
  }

  /** The command, started with this clock; unchanged when that is not possible. */
  wrap(command: Command): Command {
    if (isNode(command)) {
      const options = preloading(this.#preloaded, command.env?.['NODE_OPTIONS'])
      return { ...command, env: { ...command.env, ...options, TS_SENTINEL_HARNESS_CLOCK: this.#file } }
    }
    if (this.#library === undefined) return command
    return {
      ...command,
      env: {
        ...command.env,
        // The allocator of the C library: jemalloc asks for the time before libfaketime is ready, and Redis hangs.
        LD_PRELOAD: `${this.#library}:libc.so.6`,
        FAKETIME_TIMESTAMP_FILE: `${this.#file}.libfaketime`,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    }
  }

  /** @throws Error when the program of the process cannot have another clock */
  check(name: string, runsNode: boolean, shift: ClockShift): void {
    if (runsNode) return
    if (shift.monotonicMs !== 0) throw new Error(`${name}: only sentinels of ours can have another monotonic clock`)
    if (this.#library === undefined) {
      throw new Error(`${name}: the clock of this program is changed by libfaketime, which is not installed `
        + '(Debian and Ubuntu: apt install libfaketime; or give its path as clockFaults: { libfaketime: path })')
    }
  }

  set(shift: ClockShift): void {
    this.#write(this.#file, JSON.stringify(shift))
    const seconds = shift.wallMs / 1_000
    this.#write(`${this.#file}.libfaketime`, `${seconds < 0 ? '' : '+'}${seconds}\n`)
  }

  /** A process that reads at this moment sees the old shift or the new one. */
  #write(file: string, text: string): void {
    writeFileSync(`${file}.new`, text)
    renameSync(`${file}.new`, file)
  }
}

function findLibrary(): string | undefined {
  const folders = LIBRARY_FOLDERS.flatMap((folder) => [folder, ...multiarch(folder)])
  return folders.map((folder) => join(folder, 'faketime', 'libfaketime.so.1')).find((path) => existsSync(path))
}

/** Debian has a folder for each architecture, such as `/usr/lib/x86_64-linux-gnu`. */
function multiarch(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.includes('-linux-')).map((name) => join(folder, name))
  } catch {
    return []
  }
}
