/** Circles of imports: files that need each other, directly or through others. It reads no files. */
import { targetOf, type ImportingFile } from './import-rules.ts'

/** Files, each importing the next one, the last one importing the first. It starts at the alphabetically first file. */
export type Circle = readonly string[]

type Graph = ReadonlyMap<string, readonly string[]>

/** One shortest circle for each group of files that need each other to run; imports of types do not count. */
export function valueCircles(files: readonly ImportingFile[]): Circle[] {
  return circlesOf(graphOf(files, (typeOnly) => !typeOnly))
}

/** The same with imports of types. Files whose types need each other must be read together, but run in any order. */
export function typeCircles(files: readonly ImportingFile[]): Circle[] {
  return circlesOf(graphOf(files, () => true))
}

function graphOf(files: readonly ImportingFile[], counts: (typeOnly: boolean) => boolean): Graph {
  return new Map(files.map((file) => [file.path, file.imports
    .filter(({ typeOnly }) => counts(typeOnly))
    .flatMap((imported) => targetOf(file.path, imported) ?? [])]))
}

/** The shortest circle of each file that is in one, each circle once. */
function circlesOf(graph: Graph): Circle[] {
  const found = new Map<string, Circle>()
  for (const file of [...graph.keys()].sort()) {
    const circle = shortestCircle(graph, file)
    if (circle === undefined) continue
    const first = circle.indexOf([...circle].sort()[0] ?? file)
    const turned = [...circle.slice(first), ...circle.slice(0, first)]
    found.set(turned.join(' '), turned)
  }
  return [...found.values()]
}

/** Breadth first from the imports of a file back to it. */
function shortestCircle(graph: Graph, start: string): Circle | undefined {
  const paths: string[][] = [[start]]
  const visited = new Set<string>()
  for (const path of paths) {
    for (const next of graph.get(path.at(-1) ?? start) ?? []) {
      if (next === start) return path
      if (visited.has(next)) continue
      visited.add(next)
      paths.push([...path, next])
    }
  }
  return undefined
}
