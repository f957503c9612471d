/** `1 failover`, `2 failovers`. `noun` is a singular whose plural ends in `s`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
