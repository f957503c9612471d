/**
 * Replies as trees that keep their types, for comparing two servers. Bulk strings are strings, integers numbers,
 * arrays arrays; everything else is an object with one key.
 */
export type ReplyTree =
  string | number | null | readonly ReplyTree[]
  | { readonly simple: string }
  | { readonly error: string }
  | { readonly nullArray: true }
  | { readonly map: readonly (readonly [ReplyTree, ReplyTree])[] }
  | { readonly set: readonly ReplyTree[] }
  | { readonly push: readonly ReplyTree[] }
  | { readonly verbatim: string }
  | { readonly double: string }

interface Read { readonly tree: ReplyTree, readonly end: number }

/** All complete replies in `wire`, one character per byte. */
export function readReplies(wire: string): ReplyTree[] {
  const trees: ReplyTree[] = []
  let at = 0
  for (;;) {
    const read = readOne(wire, at)
    if (read === undefined) return trees
    trees.push(read.tree)
    at = read.end
  }
}

function readOne(wire: string, start: number): Read | undefined {
  const lineEnd = wire.indexOf('\r\n', start)
  if (lineEnd < 0) return undefined
  const mark = wire.charAt(start)
  const head = wire.slice(start + 1, lineEnd)
  const end = lineEnd + 2
  switch (mark) {
    case '+':
      return { tree: { simple: head }, end }
    case '-':
      return { tree: { error: head }, end }
    case ':':
      return { tree: Number(head), end }
    case ',':
      return { tree: { double: head }, end }
    case '_':
      return { tree: null, end }
    case '$':
      return head === '-1' ? { tree: null, end } : readText(wire, end, Number(head), (text) => text)
    case '=':
      return readText(wire, end, Number(head), (text) => ({ verbatim: text }))
    case '*':
      return head === '-1' ? { tree: { nullArray: true }, end } : readItems(wire, end, Number(head), (items) => items)
    case '~':
      return readItems(wire, end, Number(head), (items) => ({ set: items }))
    case '>':
      return readItems(wire, end, Number(head), (items) => ({ push: items }))
    case '%':
      return readItems(wire, end, 2 * Number(head), (items) => ({ map: inPairs(items) }))
    default:
      throw new Error(`not a reply: ${JSON.stringify(wire.slice(start, start + 80))}`)
  }
}

function readText(wire: string, start: number, length: number, wrap: (text: string) => ReplyTree): Read | undefined {
  const end = start + length + 2
  return wire.length < end ? undefined : { tree: wrap(wire.slice(start, start + length)), end }
}

function readItems(
  wire: string, start: number, count: number, wrap: (items: readonly ReplyTree[]) => ReplyTree,
): Read | undefined {
  const items: ReplyTree[] = []
  let at = start
  while (items.length < count) {
    const read = readOne(wire, at)
    if (read === undefined) return undefined
    items.push(read.tree)
    at = read.end
  }
  return { tree: wrap(items), end: at }
}

function inPairs(items: readonly ReplyTree[]): [ReplyTree, ReplyTree][] {
  return Array.from({ length: items.length / 2 }, (_, at) => [items[2 * at] ?? null, items[2 * at + 1] ?? null])
}

/** The same tree with every text changed. */
export function mapTexts(tree: ReplyTree, change: (text: string) => string): ReplyTree {
  if (typeof tree === 'string') return change(tree)
  if (tree === null || typeof tree === 'number') return tree
  if (isList(tree)) return tree.map((item) => mapTexts(item, change))
  if ('simple' in tree) return { simple: change(tree.simple) }
  if ('error' in tree) return { error: change(tree.error) }
  if ('verbatim' in tree) return { verbatim: change(tree.verbatim) }
  if ('double' in tree || 'nullArray' in tree) return tree
  if ('map' in tree) return { map: tree.map.map(([key, value]) => [mapTexts(key, change), mapTexts(value, change)]) }
  if ('set' in tree) return { set: tree.set.map((item) => mapTexts(item, change)) }
  return { push: tree.push.map((item) => mapTexts(item, change)) }
}

export function isList(tree: ReplyTree): tree is readonly ReplyTree[] {
  return Array.isArray(tree)
}
