/** The blanks of C, at which lines of files are split, and NUL, which ends a line. */
const BREAK = /[ \t\n\v\f\r\0]/

/** Whether the text cannot be a word of a line in a file. Names and patterns with such characters are refused. */
export function breaksLine(text: string): boolean {
  return BREAK.test(text)
}

export function splitAtBlanks(text: string): string[] {
  return text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== '')
}

/** User names have no blanks and no NUL. The empty name is allowed. */
export function isUserName(text: string): boolean {
  return !breaksLine(text)
}

/** Compares by the bytes of UTF-8, which is the order of the code points. */
export function inByteOrder(one: string, other: string): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at += 1) {
    if (one.charCodeAt(at) !== other.charCodeAt(at)) return (one.codePointAt(at) ?? 0) - (other.codePointAt(at) ?? 0)
  }
  return one.length - other.length
}

/** Compares digests: the time does not depend on where they differ. */
export function equalInConstantTime(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let at = 0; at < one.length; at += 1) difference |= one.charCodeAt(at) ^ other.charCodeAt(at)
  return difference === 0
}
