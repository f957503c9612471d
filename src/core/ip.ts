/** Literal IP addresses, without the help of the platform: the core compares them as text. */

/** The address in its canonical text, or undefined when the text is not a literal IPv4 or IPv6 address. */
export function canonicalIp(text: string): string | undefined {
  if (text.includes(':')) return canonicalIpv6(text)
  return isIpv4(text) ? text : undefined
}

/** Four numbers from 0 to 255 without leading zeros. Without a regular expression: every message contains addresses. */
function isIpv4(text: string): boolean {
  if (text.length < 7 || text.length > 15) return false
  let dots = 0
  let digits = 0
  let value = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 46) {
      if (digits === 0 || ++dots > 3) return false
      digits = 0
      value = 0
      continue
    }
    if (code < 48 || code > 57 || (digits > 0 && value === 0)) return false
    digits++
    value = value * 10 + code - 48
    if (value > 255) return false
  }
  return dots === 3 && digits > 0
}

function canonicalIpv6(text: string): string | undefined {
  const groups = ipv6Groups(text)
  if (groups === undefined) return undefined
  const { start, length } = longestZeroRun(groups)
  const words = groups.map((group) => group.toString(16))
  if (length < 2) return words.join(':')
  return `${words.slice(0, start).join(':')}::${words.slice(start + length).join(':')}`
}

/** The eight 16-bit groups, or undefined when the text is not an address. */
function ipv6Groups(text: string): number[] | undefined {
  const halves = withoutDots(text).split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half) => half === '' ? [] : half.split(':').map(groupOf))
  if (head === undefined) return undefined
  const groups = tail === undefined ? head : [...head, ...zeros(8 - head.length - tail.length), ...tail]
  const written = head.length + (tail?.length ?? 0)
  if (groups.length !== 8 || (tail !== undefined && written > 7)) return undefined
  return groups.every((group) => group >= 0) ? groups : undefined
}

function zeros(count: number): number[] {
  return Array.from({ length: Math.max(0, count) }, () => 0)
}

/** An IPv4 address at the very end is the last two groups. */
function withoutDots(text: string): string {
  const colon = text.lastIndexOf(':')
  const tail = text.slice(colon + 1)
  if (!isIpv4(tail)) return text
  const [a = 0, b = 0, c = 0, d = 0] = tail.split('.').map(Number)
  return `${text.slice(0, colon + 1)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

/** The value of one hexadecimal group; -1 when the word is not one. */
function groupOf(word: string): number {
  return /^[0-9a-fA-F]{1,4}$/.test(word) ? Number.parseInt(word, 16) : -1
}

function longestZeroRun(groups: readonly number[]): { start: number, length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  return best
}
