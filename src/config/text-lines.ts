/** Physical lines of a configuration text, in bytes (config.md 2.1). */

/**
 * The original reads lines as C strings: a NUL byte drops the rest of its line together with the line's end, so the
 * next line is glued on. Reading and rewriting must agree on this, or a rewrite would put a value where no reader
 * finds it.
 */
export function dropAfterNul(bytes: string): string {
  return bytes.includes('\0') ? bytes.replace(/\0[^\n]*\n?/g, '') : bytes
}

/** Blanks at both ends go; vertical tab and form feed are left to the tokeniser. */
export function trimLine(line: string): string {
  let start = 0
  let end = line.length
  while (start < end && isTrimmed(line.charCodeAt(start))) start++
  while (end > start && isTrimmed(line.charCodeAt(end - 1))) end--
  return start === 0 && end === line.length ? line : line.slice(start, end)
}

function isTrimmed(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a
}

/** Empty lines and comments. `#` starts a comment only at the start of a line. */
export function isIgnoredLine(trimmed: string): boolean {
  return trimmed === '' || trimmed.startsWith('#')
}
