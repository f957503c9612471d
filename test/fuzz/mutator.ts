/** Turns good text into bad text: seeded, byte by byte and by tokens that mean something. Texts are byte text. */
import type { SimRandom } from '../simulator/random.ts'

/** Numbers on the edges of what fits somewhere. */
const NUMBERS = [
  '0', '-1', '1', '65535', '65536', '2147483647', '2147483648', '-2147483648', '4294967295', '4294967296',
  '9007199254740993', '9223372036854775807', '9223372036854775808', '-9223372036854775808', '18446744073709551615',
  '18446744073709551616', '99999999999999999999999999', '1e99', '0x10', '007', '+5', '-0', '', ' 1', '1 ', 'NaN',
]
const TEXTS = [
  '', ' ', '\0', '\r', '\n', '\r\n', '\t', '"', "'", '\\', '\\x00', '%s%n', ',', ':', '*', '?', '[', '#', '-', '=',
  '\xff\xfe', '\xc3\xa9', '\xed\xa0\x80', '__proto__', 'constructor', 'toString', 'hasOwnProperty',
  '127.0.0.1', '::1', '::ffff:1.2.3.4', '0.0.0.0', '999.1.1.1', 'name.example', 'localhost', '1.2.3', 'fe80::1%eth0',
  'a'.repeat(40), 'b'.repeat(39), 'x'.repeat(300), 'mymaster', 'other',
]

/** Of a hundred tokens, so many are long words or long digits. The same for all mutators. */
let longPercent = 2

/** @param percent how many of a hundred tokens are long from now on */
export function biasToLong(percent: number): void {
  longPercent = percent
}

/** Mostly some hundred characters, sometimes up to a megabyte: letters, digits or any bytes. */
export function longText(random: SimRandom): string {
  const length = 2 ** random.between(5, random.chance(1) ? 20 : 12) + random.below(32)
  const piece = random.pick(['x', '9', '0', '*', '[a', '\\', ',', ':', '\xff', '\xc3\xa9', '1.', '*a', ' ', '\r\n'])
  return (random.chance(20) ? '-' : '') + piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
}

export class Mutator {
  readonly random: SimRandom
  readonly #tokens: readonly string[]

  /** @param tokens words of the language that is fuzzed */
  constructor(random: SimRandom, tokens: readonly string[] = []) {
    this.random = random
    this.#tokens = tokens
  }

  number(): string {
    if (this.random.chance(longPercent)) return random9(this.random)
    if (this.random.chance(50)) return this.random.pick(NUMBERS)
    return String(this.random.next() % 10 ** this.random.between(1, 9))
  }

  text(): string {
    if (this.random.chance(longPercent)) return longText(this.random)
    if (this.random.chance(80)) return this.random.pick(TEXTS)
    return this.bytes(this.random.below(30))
  }

  token(): string {
    const dice = this.random.below(this.#tokens.length === 0 ? 2 : 4)
    if (dice === 0) return this.number()
    return dice === 1 ? this.text() : this.random.pick(this.#tokens)
  }

  bytes(count: number): string {
    return Array.from({ length: count }, () => String.fromCharCode(this.random.below(256))).join('')
  }

  /** Between no and a handful of changes. */
  mutate(text: string): string {
    let changed = text
    for (let changes = this.random.below(5); changes > 0; changes -= 1) changed = this.#change(changed)
    return changed
  }

  /** The text in pieces, at random places. */
  chunks(text: string): string[] {
    const pieces: string[] = []
    // Of a megabyte not a million pieces: tests of the reader have those.
    const longest = Math.max(this.random.pick([1, 2, 3, 10, 100, 100_000]), Math.ceil(text.length / 500))
    for (let at = 0; at < text.length;) {
      const length = this.random.between(1, longest)
      pieces.push(text.slice(at, at + length))
      at += length
    }
    return pieces
  }

  #change(text: string): string {
    const { random } = this
    const at = random.below(text.length + 1)
    const to = Math.min(text.length, at + random.between(1, random.pick([1, 4, 40])))
    switch (random.below(7)) {
      case 0: return text.slice(0, at) + this.token() + text.slice(at)
      case 1: return text.slice(0, at) + text.slice(to)
      case 2: return text.slice(0, at) + text.slice(at, to).repeat(random.between(2, 5)) + text.slice(to)
      case 3: return text.slice(0, at) + this.bytes(to - at) + text.slice(to)
      case 4: return text.slice(0, at)
      // Numbers are where lengths, ports and epochs are.
      case 5: return replaceNth(text, /-?\d+/g, random, () => this.number())
      default: return replaceNth(text, /[^\s,:=]+/g, random, () => this.token())
    }
  }
}

function random9(random: SimRandom): string {
  return '9'.repeat(2 ** random.between(4, random.chance(1) ? 20 : 12))
}

function replaceNth(text: string, pattern: RegExp, random: SimRandom, by: () => string): string {
  const found = [...text.matchAll(pattern)]
  if (found.length === 0) return text
  const { 0: word, index } = random.pick(found)
  return text.slice(0, index) + by() + text.slice(index + word.length)
}
