import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { renameSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'

import { activeFault, type ActiveFault } from './active-fault.ts'
import { isNode, preloading, type Command } from './command.ts'
import type { Timeline } from './timeline.ts'

// Theory of operation. Without root, the names of a machine cannot be changed, so the lookup is replaced within the
// process: Node loads this module before the program (`--import`). The answers are read from a file each time.
const PRELOADED = `
import dns from 'node:dns'
import { readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const original = dns.lookup
const answers = () => {
  try { return JSON.parse(readFileSync(process.env.TS_SENTINEL_HARNESS_NAMES, 'utf8')) } catch { return {} }
}
dns.lookup = (name, options, done) => {
  const callback = typeof options === 'function' ? options : done
  const answer = answers()[name]
  if (answer === undefined) return original(name, options, done)
  if (answer.hang) return undefined
  const settings = typeof options === 'object' && options !== null ? options : {}
  setImmediate(() => {
    if (answer.code) {
      const error = new Error('getaddrinfo ' + answer.code + ' ' + name)
      callback(Object.assign(error, { code: answer.code, syscall: 'getaddrinfo', hostname: name }))
    } else if (settings.all) callback(null, [{ address: answer.address, family: answer.family }])
    else callback(null, answer.address, answer.family)
  })
  return undefined
}
dns.promises.lookup = (name, options = {}) => new Promise((resolve, reject) => {
  dns.lookup(name, options, (error, address, family) => {
    if (error) reject(error)
    else resolve(options.all ? address : { address, family })
  })
})
syncBuiltinESMExports()
`

/** How a name cannot be resolved: no such name, a name server that answers with a failure, or not at all. */
export type LookupFailure = 'ENOTFOUND' | 'EAI_AGAIN' | 'hang'

type Answer =
  | { readonly address: string, readonly family: number }
  | { readonly code: string }
  | { readonly hang: true }

/** The source of the marks for names in the timeline. */
const SOURCE = 'resolver'

/** The callback of `dns.lookup`. */
export type LookupCallback = (
  error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number,
) => void

/**
 * Answers the lookups of host names of our sentinels, and of Node applications that use `lookup` or were started with
 * `environment()`. redis-server and redis-sentinel ask the system, which only root can change.
 */
export class Resolver {
  readonly #file: string
  readonly #preloaded: string
  readonly #timeline: Timeline
  /** The changes in effect, oldest first. */
  readonly #changes = new Set<readonly [name: string, answer: Answer]>()

  /** @param folder two small files are written there */
  constructor(folder: string, timeline: Timeline) {
    this.#file = join(folder, 'names.json')
    this.#preloaded = join(folder, 'names.mjs')
    this.#timeline = timeline
    writeFileSync(this.#preloaded, PRELOADED)
    this.#write()
  }

  /** The name cannot be resolved. Default: there is no such name. */
  fail(name: string, how: LookupFailure = 'ENOTFOUND'): ActiveFault {
    return how === 'hang'
      ? this.#begin(name, { hang: true }, `lookups of ${name} hang`)
      : this.#begin(name, { code: how }, `lookups of ${name} fail with ${how}`)
  }

  /** The name has another IP address. @throws Error for an address that is none */
  move(name: string, address: string): ActiveFault {
    const family = isIP(address)
    if (family === 0) throw new Error(`a name moves to an IP address, not to ${address}`)
    return this.#begin(name, { address, family }, `${name} moves to ${address}`)
  }

  /** As `dns.lookup`, for the option `lookup` of sockets in this process. */
  readonly lookup = (name: string, options: LookupOptions, done: LookupCallback): void => {
    const answer = this.#answers()[name]
    if (answer === undefined) systemLookup(name, options, done)
    else if ('code' in answer) {
      const error = new Error(`getaddrinfo ${answer.code} ${name}`)
      setImmediate(done, Object.assign(error, { code: answer.code, syscall: 'getaddrinfo', hostname: name }), '')
    } else if ('address' in answer) {
      const { address, family } = answer
      if (options.all === true) setImmediate(done, null, [{ address, family }])
      else setImmediate(done, null, address, family)
    }
  }

  /** Variables with which another Node program uses these answers. */
  environment(nodeOptions?: string): Readonly<Record<string, string>> {
    return { ...preloading(this.#preloaded, nodeOptions), TS_SENTINEL_HARNESS_NAMES: this.#file }
  }

  /** The command, started with these answers if it is a Node program. */
  wrap(command: Command): Command {
    if (!isNode(command)) return command
    return { ...command, env: { ...command.env, ...this.environment(command.env?.['NODE_OPTIONS']) } }
  }

  #begin(name: string, answer: Answer, what: string): ActiveFault {
    const change = [name, answer] as const
    this.#changes.add(change)
    this.#write()
    this.#timeline.mark(SOURCE, `fault: ${what}`)
    return activeFault(() => {
      this.#changes.delete(change)
      this.#write()
      this.#timeline.mark(SOURCE, `end of fault: ${what}`)
    })
  }

  #answers(): Readonly<Record<string, Answer>> {
    return Object.fromEntries(this.#changes)
  }

  /** A process that reads at this moment sees the old answers or the new ones. */
  #write(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#answers()))
    renameSync(`${this.#file}.new`, this.#file)
  }
}
