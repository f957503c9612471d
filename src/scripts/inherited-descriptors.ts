/**
 * Descriptors that whoever started us left open for all descendants. Everything that we open ourselves is closed in
 * children by the system; these are not, and a script that outlives us would hold on to them.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** Flag of descriptors that no child inherits, as the kernel prints it: octal. */
const CLOSE_ON_EXEC = 0o2000000

const STANDARD_STREAMS = 3

/** Numbers of the inheritable descriptors beside the standard streams; none where the system does not tell. */
export function inheritedDescriptors(): readonly number[] {
  return openDescriptors().filter((descriptor) => descriptor >= STANDARD_STREAMS && isInheritable(descriptor))
}

function openDescriptors(): readonly number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number)
  } catch {
    // Systems without /proc: nothing is known, and what we open ourselves is not inherited there either.
    return []
  }
}

function isInheritable(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1]
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0
  } catch {
    // It was the one with which the list was read.
    return false
  }
}
