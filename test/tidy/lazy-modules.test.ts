/** What only ts-sentinel.ini turns on loads when needed (docs/decisions/0024-optional-features-load-late.md). */
import { describe, expect, it } from 'vitest'
import { filesUnder, readProjectFile } from './project-files.ts'

const LAZY = ['http', 'webhooks', 'extensions']

describe('modules of optional features', () => {
  it.each(LAZY)('src/%s is loaded by a dynamic import alone', (module) => {
    const others = filesUnder('src').filter((path) => !path.startsWith(`src/${module}/`))
    const importers = others.filter((path) => statements(readProjectFile(path)).some((statement) => (
      statement.includes(`/${module}/index.ts'`) && !/^(?:import|export) type /.test(statement)
    )))
    expect(importers).toEqual([])
    const loaders = others.filter((path) => readProjectFile(path).includes(`await import('../${module}/index.ts')`))
    expect(loaders.filter((path) => path.startsWith('src/daemon/')), 'the daemon loads it').not.toEqual([])
  })
})

describe('the proxy', () => {
  it('is loaded by its command and by the check of its file, and the command is loaded when it is called', () => {
    const importers = filesUnder('src').filter((path) => !path.startsWith('src/proxy/') && readProjectFile(path).includes("/proxy/index.ts'"))
    expect(importers.sort()).toEqual(['src/cli/check/proxy-file.ts', 'src/cli/check/proxy-targets.ts', 'src/cli/proxy/index.ts', 'src/cli/proxy/serve.ts', 'src/cli/proxy/worker.ts', 'src/cli/subcommands.ts'])
    const others = ['src/cli/subcommands.ts', 'src/cli/check/proxy-file.ts', 'src/cli/check/proxy-targets.ts']
    expect(others.flatMap((path) => statements(readProjectFile(path))).filter((statement) => (
      statement.includes('/proxy/') && !statement.startsWith('import type ')
    ))).toEqual([])
  })
})

/** Static imports and exports, each up to the module's name. */
function statements(text: string): readonly string[] {
  return text.split(/^(?=import |export )/m).map((part) => /^(?:import|export)[^']*from '[^']*'/.exec(part)?.[0] ?? '')
}
