/** Gives each different thing a small number, so that states of the world are short lists of numbers. */
export class Interned<Item> {
  readonly #numbers = new Map<string, number>()
  readonly #items: Item[] = []

  /** @param text that equal things share, and only they. */
  add(text: string, item: () => Item): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const number = this.#items.length
    this.#numbers.set(text, number)
    this.#items.push(item())
    return number
  }

  /** @throws RangeError for a number that was never given. */
  at(number: number): Item {
    const item = this.#items[number]
    if (item === undefined) throw new RangeError(`nothing has the number ${number}`)
    return item
  }

  get size(): number {
    return this.#items.length
  }
}

/** JSON with epochs. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => typeof item === 'bigint' ? `${item}n` : item)
}
