/** Splits a configuration text into physical lines, in bytes (config.md 2.1). */

/**
 * Removes each NUL byte with the rest of its line and the line end, so that the next line is appended: the original
 * reads lines as C strings. Reading and rewriting must agree on this, or a rewrite would put a value where no reader
 * finds it.
 */
export function dropAfterNul(bytes: string): string {
  return bytes.includes('\0') ? bytes.replace(/\0[^\n]*\n?/g, '') : bytes
}

/** Removes blanks at both ends; vertical tab and form feed are left to the tokeniser. */
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
