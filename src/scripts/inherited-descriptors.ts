/**
 * Descriptors that the process which started us left open for its descendants. The system closes our own descriptors in
 * children, but not these, and a script that outlives us would keep them open.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** The close-on-exec flag as the kernel prints it: octal. */
const CLOSE_ON_EXEC = 0o2000000

const STANDARD_STREAMS = 3

/** Numbers of the inheritable descriptors except the standard streams; none where the system does not list them. */
export function inheritedDescriptors(): readonly number[] {
  return openDescriptors().filter((descriptor) => descriptor >= STANDARD_STREAMS && isInheritable(descriptor))
}

function openDescriptors(): readonly number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number)
  } catch {
    // Systems without /proc. Descriptors that we open are not inherited there either.
    return []
  }
}

function isInheritable(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1]
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0
  } catch {
    // The descriptor with which the list was read; it is closed now.
    return false
  }
}
