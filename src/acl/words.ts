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
  const left = [...one]
  const right = [...other]
  for (const [at, character] of left.entries()) {
    const difference = (character.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Compares digests: the time taken tells nothing about where they differ. */
export function equalInConstantTime(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let at = 0; at < one.length; at += 1) difference |= one.charCodeAt(at) ^ other.charCodeAt(at)
  return difference === 0
}
