/** The project's own text files, for the house rules. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export const PROJECT_ROOT = join(import.meta.dirname, '..', '..')

/** Paths relative to the project, with `/`, sorted; only files with one of these endings. */
export function filesUnder(folder: string, endings: readonly string[] = ['.ts']): string[] {
  let entries
  try {
    entries = readdirSync(join(PROJECT_ROOT, folder), { recursive: true, withFileTypes: true })
  } catch (error) {
    // A folder that does not exist yet holds no files.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return entries
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(PROJECT_ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}

export function readProjectFile(path: string): string {
  return readFileSync(join(PROJECT_ROOT, path), 'utf8')
}

/** The documents at the top of the project. */
export function documents(): string[] {
  return readdirSync(PROJECT_ROOT).filter((name) => name.endsWith('.md')).sort()
}

/** Descriptions of the original, with forms and lines that it refuses. */
export const CONTRACT_DOCUMENTS: readonly string[] = ['docs/behaviour.md', 'docs/protocol.md', 'docs/config.md']

/** What users read: README.md, SECURITY.md and the documents, without the contract. */
export function guides(): string[] {
  const below = filesUnder('docs', ['.md']).filter((path) => /^docs\/[^/]+$/.test(path))
  return ['README.md', 'SECURITY.md', ...below.filter((path) => !CONTRACT_DOCUMENTS.includes(path))]
}
