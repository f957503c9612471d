/** Path patterns as the C library expands them for `include` (config.md 2.5): `*`, `?`, `[…]`, no braces, no `~`. */

export interface DirectoryReader {
  /** Names in a directory, with or without `.` and `..`; empty when it cannot be read. */
  list(directory: string): readonly string[]
  exists(path: string): boolean
}

/** Existing paths that match, in byte order. */
export function expandGlob(pattern: string, reader: DirectoryReader): string[] {
  const [first = '', ...segments] = pattern.split('/')
  const start = pattern.startsWith('/') ? ['/'] : matchSegment([''], first, reader)
  return segments.reduce((paths, segment) => matchSegment(paths, segment, reader), start)
    .filter((path) => reader.exists(path))
    .sort()
}

function matchSegment(directories: readonly string[], segment: string, reader: DirectoryReader): string[] {
  if (segment === '') return directories.map((directory) => directory.endsWith('/') ? directory : `${directory}/`)
  return directories.flatMap((directory) => {
    const prefix = directory === '' || directory.endsWith('/') ? directory : `${directory}/`
    if (!/[*?[]/.test(segment)) return [prefix + segment]
    const expression = segmentExpression(segment)
    return reader.list(directory === '' ? '.' : directory)
      // A leading period must be written out.
      .filter((name) => (!name.startsWith('.') || segment.startsWith('.')) && expression.test(name))
      .map((name) => prefix + name)
  })
}

/** `[!a-c]` and `[^a-c]` exclude; `]` directly after the opening is a member; an unclosed class is literal. */
const TOKEN = /\*+|\?|\[([!^]?)(\]?[^\]]*)\]|\\(.)|([^])/g

function segmentExpression(segment: string): RegExp {
  const source = segment.replace(
    TOKEN,
    (token: string, negation?: string, members?: string, escaped?: string, literal?: string) => {
      if (members !== undefined) return `[${negation === '' ? '' : '^'}${classMembers(members)}]`
      if (token.startsWith('*')) return '.*'
      if (token === '?') return '.'
      return (escaped ?? literal ?? '').replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    },
  )
  return new RegExp(`^${source}$`, 's')
}

/** A range written backwards is empty. */
function classMembers(members: string): string {
  return members
    .replace(/([^])-([^])/g, (range: string, low: string, high: string) => low <= high ? range : '')
    .replace(/[\\\]^]/g, '\\$&')
}
