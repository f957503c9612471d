/** Epochs of documents: numbers, and texts where a number would not be exact. Negative where the first one is lower. */
export function compareEpochs(one: number | string, other: number | string): number {
  const [a, b] = [BigInt(one), BigInt(other)]
  return a < b ? -1 : a > b ? 1 : 0
}
