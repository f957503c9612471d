/** Blanks as C knows them, and NUL: lines of files are split at the ones and cut at the other. */
const BREAK = /[ \t\n\v\f\r\0]/

/** Such a text cannot be part of a line of a file, so names and patterns must not be so. */
export function breaksLine(text: string): boolean {
  return BREAK.test(text)
}

export function splitAtBlanks(text: string): string[] {
  return text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== '')
}

/** User names: no blanks, no NUL. The empty name is one. */
export function isUserName(text: string): boolean {
  return !breaksLine(text)
}

/** In the order of the bytes of UTF-8, which is that of code points. */
export function inByteOrder(one: string, other: string): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at += 1) {
    if (one.charCodeAt(at) !== other.charCodeAt(at)) return (one.codePointAt(at) ?? 0) - (other.codePointAt(at) ?? 0)
  }
  return one.length - other.length
}

/** Compares digests: the time taken tells nothing about where they differ. */
export function equalInConstantTime(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let at = 0; at < one.length; at += 1) difference |= one.charCodeAt(at) ^ other.charCodeAt(at)
  return difference === 0
}
