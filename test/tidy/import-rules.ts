/** Which room may import what (ARCHITECTURE.md, "Map"). It reads no files, so that it can be tested. */
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

interface RoomRule {
  /** Rooms that it may import. */
  readonly rooms: readonly string[]
  /** Rooms of which it may import types alone. */
  readonly types?: readonly string[]
  /** Packages; `node:` stands for every module of Node. */
  readonly packages?: readonly string[]
}

const EDGE = { rooms: ['ports'], types: ['core'], packages: ['node:'] }
const EVERY_ROOM = [
  'core', 'ports', 'resp', 'acl', 'config', 'events', 'explain', 'commands', 'driver',
  'server', 'links', 'scripts', 'logging', 'http', 'webhooks', 'extensions',
]

const ROOMS: Readonly<Record<string, RoomRule>> = {
  'core': { rooms: [] },
  'resp': { rooms: [], packages: ['redis-parser'] },
  'acl': { rooms: [] },
  'ports': { rooms: ['core'] },
  'events': { rooms: ['core', 'ports'] },
  'explain': { rooms: ['core', 'events'] },
  'config': { rooms: ['core'] },
  'extensions': { rooms: [], packages: ['ini'] },
  'commands': { rooms: ['core', 'resp', 'acl', 'events', 'explain', 'config'], types: ['ports'] },
  'driver': { rooms: ['core', 'ports'] },
  'server': { ...EDGE, rooms: ['ports', 'resp', 'commands'] },
  'links': { ...EDGE, rooms: ['ports', 'resp'] },
  'scripts': EDGE,
  'logging': { ...EDGE, rooms: ['ports', 'events'], packages: ['node:', 'pino'] },
  'http': { ...EDGE, rooms: ['ports', 'events', 'explain'] },
  'webhooks': { ...EDGE, rooms: ['ports', 'events'] },
  'daemon': { rooms: EVERY_ROOM, packages: ['node:'] },
  'cli': { rooms: ['core', 'daemon', 'config', 'harness', 'explain', 'links'], packages: ['node:', 'ioredis'] },
  'harness': { rooms: [], packages: ['node:', 'ioredis'] },
  /** The files directly in src: the public API. */
  '.': { rooms: ['daemon', 'config'], types: ['core', 'ports'] },
}

/** Single files that may import what the rest of their room may not. */
const EDGE_FILES: Readonly<Record<string, RoomRule>> = {
  'src/config/durable-file.ts': { ...EDGE, rooms: ['ports', 'config'] },
  'src/config/file-config-store.ts': { ...EDGE, rooms: ['ports', 'config'] },
  'src/config/node-environment.ts': { ...EDGE, rooms: ['config'] },
  // An entry of the package of its own, because vitest is there only in projects that use it.
  'src/harness/vitest.ts': { rooms: [], packages: ['node:', 'vitest'] },
}

interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
  readonly line: number
}

/** Everything that these files of `src` import against the rules. */
export function importViolations(files: readonly SourceText[]): ImportViolation[] {
  return files.flatMap(({ path, text }) => importsOf(path, text).flatMap((imported) => {
    const reason = refusal(path, imported)
    return reason === undefined ? [] : [{ path, line: imported.line, reason }]
  }))
}

function refusal(path: string, imported: Import): string | undefined {
  const room = roomOf(path)
  const rule = EDGE_FILES[path] ?? ROOMS[room]
  if (rule === undefined) return `the room ${room} has no rule`
  const { specifier } = imported
  if (!specifier.startsWith('.')) {
    const allowed = (rule.packages ?? []).some((name) => name === 'node:' ? specifier.startsWith('node:') : specifier === name)
    return allowed ? undefined : `${room} must not import ${specifier}`
  }
  const target = posix.normalize(posix.join(posix.dirname(path), specifier))
  const targetRoom = roomOf(target)
  if (targetRoom === room) return undefined
  if (!target.startsWith('src/')) return `${specifier} is outside src`
  const typeAllowed = (rule.types ?? []).includes(targetRoom) && imported.typeOnly
  if (!rule.rooms.includes(targetRoom) && !typeAllowed) {
    const kind = (rule.types ?? []).includes(targetRoom) ? 'values of ' : ''
    return `${room} must not import ${kind}${targetRoom}`
  }
  return posix.basename(target) === 'index.ts' && posix.dirname(target) === `src/${targetRoom}`
    ? undefined
    : `${targetRoom} has one door, its index.ts`
}

/** The folder under src; `.` for files directly in it. */
function roomOf(path: string): string {
  const [, first, second] = path.split('/')
  return second === undefined ? '.' : first ?? '.'
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
