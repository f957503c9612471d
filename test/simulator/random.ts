/**
 * The simulator's own randomness (sfc32). Every part of a run draws from its own stream, made from the seed and the
 * part's name, so that taking one fault away does not change the dice of everything else.
 */
export class SimRandom {
  readonly #seed: number
  readonly #label: string
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number, label = '') {
    this.#seed = seed
    this.#label = label
    const hash = textHash(`${seed}/${label}`)
    this.#a = hash
    this.#b = Math.imul(hash, 0x9e3779b1) >>> 0
    this.#c = (seed ^ 0x85ebca6b) >>> 0
    for (let round = 0; round < 12; round += 1) this.next()
  }

  /** An independent stream that depends on nothing but the seed and the names. */
  fork(label: string): SimRandom {
    return new SimRandom(this.#seed, `${this.#label}/${label}`)
  }

  /** A whole number of 32 bits. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) >>> 0
    this.#counter = (this.#counter + 1) >>> 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) >>> 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0
    return sum
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.next() / 4_294_967_296 * limit)
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** True in `percent` of all cases. */
  chance(percent: number): boolean {
    return this.below(1000) < percent * 10
  }

  /** @throws RangeError on an empty list. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }

  /** Lower-case hexadecimal digits. */
  hex(digits: number): string {
    let text = ''
    while (text.length < digits) text += this.next().toString(16).padStart(8, '0')
    return text.slice(0, digits)
  }
}

/** FNV-1a over the characters. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
