/** Type-checks code of documents as if it were a file of a project that uses the package. */
import { join } from 'node:path'
import ts from 'typescript'

import type { CodeBlock } from './code-blocks.ts'
import { PROJECT_ROOT } from './project-files.ts'

/** Beside the example that the documents quote, so that `./orders.mjs` is found. No file is written. */
const FOLDER = join(PROJECT_ROOT, 'test/examples/ioredis')

/** JavaScript has no types of parameters. */
const NOT_OF_JAVASCRIPT: ReadonlySet<number> = new Set([7006, 7031])

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  allowJs: true,
  checkJs: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  paths: {
    'ts-sentinel': [join(PROJECT_ROOT, 'src/index.ts')],
    'ts-sentinel/harness': [join(PROJECT_ROOT, 'src/harness/index.ts')],
    'ts-sentinel/harness/vitest': [join(PROJECT_ROOT, 'src/harness/vitest.ts')],
  },
}

/** One line for each mistake: `path:line: what`. One run of the compiler for all blocks. */
export function typeProblems(blocks: readonly CodeBlock[]): string[] {
  const files = new Map(blocks.map((block, at) => [join(FOLDER, `example-${at}.${endingOf(block)}`), block]))
  const disk = ts.createCompilerHost(OPTIONS)
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => files.has(name) || disk.fileExists(name),
    readFile: (name) => files.get(name)?.code ?? disk.readFile(name),
    getSourceFile: (name, version, ...more) => {
      const code = files.get(name)?.code
      if (code === undefined) return disk.getSourceFile(name, version, ...more)
      return ts.createSourceFile(name, code, version, true)
    },
  }
  const program = ts.createProgram([...files.keys()], OPTIONS, host)
  return [...files].flatMap(([name, block]) => {
    const source = program.getSourceFile(name)
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return found.filter(({ code }) => block.language === 'ts' || !NOT_OF_JAVASCRIPT.has(code)).map(({ start = 0, messageText }) => {
      const line = block.code.slice(0, start).split('\n').length - 1
      return `${block.path}:${block.line + line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
  })
}

function endingOf({ language }: CodeBlock): string {
  return language === 'ts' ? 'mts' : 'mjs'
}
