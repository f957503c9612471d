/** What the documents name exists, and what exists is named. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROJECT_ROOT, readProjectFile } from './project-files.ts'

const rooms = readdirSync(join(PROJECT_ROOT, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

describe('ARCHITECTURE.md', () => {
  const text = readProjectFile('ARCHITECTURE.md')

  it('has every room of src in its map', () => {
    expect(rooms.filter((room) => !text.includes(`\`src/${room}\``))).toEqual([])
  })

  it('names only files that exist', () => {
    const named = [...text.matchAll(/`((?:src|test)\/[a-z0-9/.-]+\.ts)`/g)].map((match) => match[1] ?? '')
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((path) => !exists(path))).toEqual([])
  })
})

function exists(path: string): boolean {
  try {
    readProjectFile(path)
    return true
  } catch {
    return false
  }
}
