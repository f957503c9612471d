/** E5: what only ts-sentinel.ini turns on is imported by nobody, except when it is needed. */
import { describe, expect, it } from 'vitest'
import { filesUnder, readProjectFile } from './project-files.ts'

const LAZY = ['http', 'webhooks', 'extensions']

describe('E5 rooms that are off', () => {
  it.each(LAZY)('E5 src/%s is loaded by a dynamic import alone', (room) => {
    const others = filesUnder('src').filter((path) => !path.startsWith(`src/${room}/`))
    const importers = others.filter((path) => statements(readProjectFile(path)).some((statement) => (
      statement.includes(`/${room}/index.ts'`) && !/^(?:import|export) type /.test(statement)
    )))
    expect(importers).toEqual([])
    const loaders = others.filter((path) => readProjectFile(path).includes(`await import('../${room}/index.ts')`))
    expect(loaders.filter((path) => path.startsWith('src/daemon/')), 'somebody loads it').not.toEqual([])
  })
})

/** Static imports and exports, each up to the module's name. */
function statements(text: string): readonly string[] {
  return text.split(/^(?=import |export )/m).map((part) => /^(?:import|export)[^']*from '[^']*'/.exec(part)?.[0] ?? '')
}
