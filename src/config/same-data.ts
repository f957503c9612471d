/** Deep equality of plain data; the order of keys does not matter. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  const entries = Object.entries(one)
  return entries.length === Object.keys(other).length
    && entries.every(([key, value]) => isSame(value, Reflect.get(other, key)))
}
