/** Releases of servers, as their INFO has them, such as `6.2.14`. */

/** Whether a release precedes another one. A patch release reads the same data as its neighbours. */
export function isOlderRelease(one: string, other: string): boolean {
  const [[major, minor], [otherMajor, otherMinor]] = [partsOf(one), partsOf(other)]
  if (major === undefined || otherMajor === undefined) return false
  return major === otherMajor ? (minor ?? 0) < (otherMinor ?? 0) : major < otherMajor
}

function partsOf(version: string): readonly number[] {
  const [, major, minor] = /^(\d{1,9})(?:\.(\d{1,9}))?/.exec(version) ?? []
  return major === undefined ? [] : [Number(major), Number(minor ?? 0)]
}
