/** What a module exports, and which of it has no description where it is declared. */
import { dirname, join } from 'node:path/posix'
import ts from 'typescript'

import { readProjectFile } from './project-files.ts'

export interface Exports {
  readonly names: readonly string[]
  /** `name (file)`. */
  readonly undocumented: readonly string[]
}

interface Found {
  readonly name: string
  readonly path: string
  readonly isDocumented: boolean
}

export function undocumentedExports(path: string): Exports {
  const found = exportsOf(path)
  return {
    names: found.map(({ name }) => name),
    undocumented: found.filter(({ isDocumented }) => !isDocumented).map((one) => `${one.name} (${one.path})`),
  }
}

/** By path: an entry point leads to the same files again and again. */
const known = new Map<string, readonly Found[]>()

/** Follows `export … from` to where things are declared. */
function exportsOf(path: string): readonly Found[] {
  const found = known.get(path) ?? readExports(path)
  known.set(path, found)
  return found
}

function readExports(path: string): Found[] {
  const source = ts.createSourceFile(path, readProjectFile(path), ts.ScriptTarget.Latest, true)
  const imported = new Map(source.statements.filter(ts.isImportDeclaration).flatMap((statement) => {
    const from = targetOf(path, statement.moduleSpecifier)
    const bindings = statement.importClause?.namedBindings
    if (from === undefined || bindings === undefined || !ts.isNamedImports(bindings)) return []
    return bindings.elements.map((element) => [element.name.text, from] as const)
  }))
  return source.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return declared(statement, path)
    const from = statement.moduleSpecifier && targetOf(path, statement.moduleSpecifier)
    if (statement.exportClause === undefined) return from === undefined ? [] : exportsOf(from)
    if (!ts.isNamedExports(statement.exportClause)) return []
    return statement.exportClause.elements.flatMap((element) => {
      const name = (element.propertyName ?? element.name).text
      const origin = from ?? imported.get(name)
      const found = origin === undefined ? [] : exportsOf(origin).filter((one) => one.name === name)
      return found.length > 0 ? found : [{ name, path: origin ?? path, isDocumented: false }]
    })
  })
}

function declared(statement: ts.Statement, path: string): Found[] {
  const isExported = ts.canHaveModifiers(statement)
    && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
  if (!isExported) return []
  const isDocumented = ts.getJSDocCommentsAndTags(statement).length > 0
  const names = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.map(({ name }) => name.getText())
    : [(statement as ts.Statement & { readonly name?: ts.Identifier }).name?.text ?? '']
  return names.map((name) => ({ name, path, isDocumented }))
}

/** Undefined: a package. */
function targetOf(path: string, specifier: ts.Expression): string | undefined {
  if (!ts.isStringLiteral(specifier) || !specifier.text.startsWith('.')) return undefined
  return join(dirname(path), specifier.text)
}
