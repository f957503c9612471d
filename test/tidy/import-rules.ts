/** Which module may import what (ARCHITECTURE.md, "Map"). It reads no files, so that it can be tested. */
import { posix } from 'node:path'
import ts from 'typescript'

export interface SourceText {
  /** Relative to the project, such as `src/core/sentinel.ts`. */
  readonly path: string
  readonly text: string
}

export interface ImportViolation {
  readonly path: string
  readonly line: number
  readonly reason: string
}

interface ModuleRule {
  /** Modules that it may import. */
  readonly modules: readonly string[]
  /** Modules of which it may import types alone. */
  readonly types?: readonly string[]
  /** Packages; `node:` stands for every module of Node. */
  readonly packages?: readonly string[]
}

const OUTER = { modules: ['ports'], types: ['core'], packages: ['node:'] }
const EVERY_MODULE = [
  'core', 'ports', 'resp', 'acl', 'config', 'events', 'explain', 'commands', 'driver',
  'server', 'links', 'scripts', 'logging', 'http', 'webhooks', 'extensions', 'own-state', 'documents',
]
// Not the proxy: a sentinel never loads it.

/** Pure functions over strings: every module may import it, and it imports nothing. */
const TEXT = 'text'

const MODULES: Readonly<Record<string, ModuleRule>> = {
  [TEXT]: { modules: [] },
  'core': { modules: [] },
  'resp': { modules: [], packages: ['redis-parser'] },
  'acl': { modules: [] },
  'ports': { modules: ['core'] },
  'events': { modules: ['core', 'ports'] },
  'documents': { modules: [] },
  'prometheus': { modules: [] },
  'explain': { modules: ['core', 'events'], types: ['documents'] },
  'config': { modules: ['core'] },
  'extensions': { modules: [], packages: ['ini'] },
  'own-state': { modules: ['config', 'events'], types: ['core', 'ports'], packages: ['node:'] },
  'commands': { modules: ['core', 'resp', 'acl', 'events', 'explain', 'config'], types: ['ports'] },
  'driver': { modules: ['core', 'ports'] },
  'server': { ...OUTER, modules: ['ports', 'resp', 'commands'] },
  'links': { ...OUTER, modules: ['ports', 'resp'] },
  'scripts': OUTER,
  'logging': { ...OUTER, modules: ['ports', 'events'], packages: ['node:', 'pino'] },
  'http': { ...OUTER, modules: ['ports', 'events', 'explain', 'prometheus'], types: ['core', 'documents'], packages: ['node:', '#dashboard-script'] },
  'webhooks': { ...OUTER, modules: ['ports', 'events'] },
  'proxy': { modules: ['ports', 'resp', 'config', 'links', 'prometheus'], types: ['core', 'documents'], packages: ['node:'] },
  'daemon': { modules: EVERY_MODULE, packages: ['node:'] },
  'cli': { modules: ['core', 'daemon', 'config', 'harness', 'events', 'explain', 'links', 'own-state', 'logging', 'proxy'], types: ['documents'], packages: ['node:', 'ioredis'] },
  'harness': { modules: ['events'], packages: ['node:', 'ioredis'] },
  /** The files directly in src: the public API. */
  '.': { modules: ['daemon', 'config'], types: ['core', 'ports'] },
}

/** Single files that may import what the rest of their module may not. */
const FILES: Readonly<Record<string, ModuleRule>> = {
  'src/config/backup.ts': { modules: ['config'], packages: ['node:'] },
  'src/config/durable-file.ts': { ...OUTER, modules: ['ports', 'config'] },
  'src/config/file-config-store.ts': { ...OUTER, modules: ['ports', 'config'] },
  'src/config/file-steps.ts': { ...OUTER, modules: ['ports', 'config'] },
  'src/config/in-place-writer.ts': { modules: ['config'], packages: ['node:'] },
  'src/config/node-environment.ts': { ...OUTER, modules: ['config'] },
  // An entry of the package of its own, because vitest is there only in projects that use it.
  'src/harness/vitest.ts': { modules: [], packages: ['node:', 'vitest'] },
}

export interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
  readonly line: number
}

export interface ImportingFile {
  readonly path: string
  readonly imports: readonly Import[]
}

/** Everything that these files of `src` import against the rules. */
export function importViolations(files: readonly SourceText[]): ImportViolation[] {
  return files.flatMap(({ path, text }) => importsOf(path, text).flatMap((imported) => {
    const reason = refusal(path, imported)
    return reason === undefined ? [] : [{ path, line: imported.line, reason }]
  }))
}

function refusal(path: string, imported: Import): string | undefined {
  const module = moduleOf(path)
  const rule = FILES[path] ?? MODULES[module]
  if (rule === undefined) return `the module ${module} has no rule`
  const { specifier } = imported
  if (!specifier.startsWith('.')) {
    const allowed = (rule.packages ?? []).some((name) => name === 'node:' ? specifier.startsWith('node:') : specifier === name)
    return allowed ? undefined : `${module} must not import ${specifier}`
  }
  const target = targetOf(path, imported) ?? specifier
  const targetModule = moduleOf(target)
  if (targetModule === module) return undefined
  if (!target.startsWith('src/')) return `${specifier} is outside src`
  const typeAllowed = (rule.types ?? []).includes(targetModule) && imported.typeOnly
  if (targetModule !== TEXT && !rule.modules.includes(targetModule) && !typeAllowed) {
    const kind = (rule.types ?? []).includes(targetModule) ? 'values of ' : ''
    return `${module} must not import ${kind}${targetModule}`
  }
  return posix.basename(target) === 'index.ts' && posix.dirname(target) === `src/${targetModule}`
    ? undefined
    : `${targetModule} has one entry point, its index.ts`
}

/** The file that a relative import names; undefined for packages. */
export function targetOf(path: string, { specifier }: Import): string | undefined {
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), specifier)) : undefined
}

/** The folder under src; `.` for files directly in it. */
function moduleOf(path: string): string {
  const [, first, second] = path.split('/')
  return second === undefined ? '.' : first ?? '.'
}

/** A file with every import, re-export and import type in it. */
export function withImports({ path, text }: SourceText): ImportingFile {
  return { path, imports: importsOf(path, text) }
}

function importsOf(path: string, text: string): Import[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return
    const line = file.getLineAndCharacterOfPosition(specifier.getStart(file)).line + 1
    found.push({ specifier: specifier.text, typeOnly, line })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeImport(node.importClause))
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, isTypeExport(node))
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && isLoader(node.expression)) add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const bindings = clause.namedBindings
  return clause.name === undefined && bindings !== undefined && ts.isNamedImports(bindings)
    && bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly)
}

function isTypeExport(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true
  const clause = node.exportClause
  return clause !== undefined && ts.isNamedExports(clause)
    && clause.elements.length > 0 && clause.elements.every((element) => element.isTypeOnly)
}

/** `import(…)` and `require(…)`. */
function isLoader(expression: ts.Expression): boolean {
  return expression.kind === ts.SyntaxKind.ImportKeyword
    || (ts.isIdentifier(expression) && expression.text === 'require')
}
