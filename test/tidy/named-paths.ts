/** What the documents of maintainers name: paths, files and sections. It reads no files, so that it can be tested. */

/** A path that starts at the top of the project, in prose, code or a comment. */
const PATH = /(?<![\w./:-])(?:(?:src|test|conf|docs|\.ci)\/[\w./-]*\w|(?:package\.json|eslint\.config\.js|vitest\.config\.ts|tsconfig\.json))/g

/** Code that is a file name without its folder. */
const FILE = /`([\w-]+(?:\.[\w-]+)*\.(?:ts|js|mjs))`/g

const LINK = /\]\(([^)#\s]+)(?:#[^)]*)?\)/g

const DECISION = /\bdocs\/decisions\/[\w-]+\.md\b/g
const SECTION = /\bARCHITECTURE\.md, "([^"]+)"/g

/** Paths relative to the project. */
export function pathsIn(text: string): string[] {
  return unique([...text.matchAll(PATH)].map(([path]) => path))
}

/** Files that are named without their folder. */
export function filesNamedIn(text: string): string[] {
  return unique([...text.matchAll(FILE)].map(([, name = '']) => name))
}

/** Targets of links to other files, as they are written: relative to the document. */
export function linksIn(text: string): string[] {
  return unique([...text.matchAll(LINK)].map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target)))
}

export interface Cited {
  /** Decision records, as paths. */
  readonly decisions: readonly string[]
  /** Sections of ARCHITECTURE.md. */
  readonly sections: readonly string[]
}

/** What code and tests cite of the documents of maintainers. */
export function citedIn(text: string): Cited {
  // A citation may be broken over two lines of a comment.
  const joined = text.replace(/\n\s*(?:\*|\/\/)?\s*/g, ' ')
  return {
    decisions: unique([...joined.matchAll(DECISION)].map(([path]) => path)),
    sections: unique([...joined.matchAll(SECTION)].map(([, title = '']) => title)),
  }
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)]
}
