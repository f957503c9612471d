/** Looks up what to do with a command by the bytes of its name. Pure. */
import type { CommandKind } from './command-kind.ts'
import { KNOWN_COMMANDS } from './known-commands.ts'

export interface CommandFacts {
  /** In lower case. */
  readonly name: string
  readonly kind: CommandKind
}

/** A command that neither the table nor the server knows may do anything to its connection. */
const UNKNOWN: CommandFacts = { name: '', kind: 'raw' }

/** Turns an ASCII letter into lower case; other bytes of command names are not changed by it into letters. */
const LOWER = 0x20

export class CommandTable {
  /** Commands by the hash of their name, and those with the same hash. */
  readonly #byHash = new Map<number, CommandFacts[]>()

  constructor() {
    for (const [name, kind] of KNOWN_COMMANDS) this.add({ name, kind })
  }

  /** Adds a command that is not known yet. Returns whether it was added. */
  add(facts: CommandFacts): boolean {
    const hash = hashOf(Buffer.from(facts.name, 'latin1'), 0, facts.name.length)
    const same = this.#byHash.get(hash) ?? []
    if (same.some(({ name }) => name === facts.name)) return false
    this.#byHash.set(hash, [...same, facts])
    return true
  }

  /** The command whose name is in `bytes`, in any case. */
  find(bytes: Buffer, start: number, end: number): CommandFacts {
    const same = this.#byHash.get(hashOf(bytes, start, end))
    if (same === undefined) return UNKNOWN
    for (const facts of same) if (isName(facts.name, bytes, start, end)) return facts
    return UNKNOWN
  }
}

function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = end - start
  for (let at = start; at < end; at += 1) hash = (hash * 31 + ((bytes[at] ?? 0) | LOWER)) & 0x3fffffff
  return hash
}

function isName(name: string, bytes: Buffer, start: number, end: number): boolean {
  if (name.length !== end - start) return false
  for (let at = 0; at < name.length; at += 1) {
    const code = bytes[start + at] ?? 0
    const isUpper = code >= 65 && code <= 90
    if (name.charCodeAt(at) !== (isUpper ? code | LOWER : code)) return false
  }
  return true
}
