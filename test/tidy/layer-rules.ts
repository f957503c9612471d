/** Layers inside modules (ARCHITECTURE.md, "Map"): which part of a module may import which. It reads no files. */
import { targetOf, type ImportingFile, type ImportViolation } from './import-rules.ts'

interface Layers {
  /** The folder of the module, with a slash at its end. */
  readonly root: string
  /** Files that are a layer of their own or belong to the layer of another folder; without the root. */
  readonly files: Readonly<Record<string, string>>
  /** The layer of the files directly in the module that are not named. Every layer is named like its folder. */
  readonly others: string
  /** Layer to the layers that it may import. */
  readonly mayImport: Readonly<Record<string, readonly string[]>>
}

/** Values without rules. Those of `state` are here because messages carry them, too. */
const PRIMITIVES = [
  'assert.ts', 'bounded-integer.ts', 'deadlines.ts', 'glob.ts', 'handover-limits.ts', 'ip.ts', 'limits.ts', 'own-text.ts',
  'plausible-epoch.ts', 'random.ts', 'reply.ts', 'server-release.ts', 'time.ts', 'time-heap.ts',
  'tunables.ts', 'state/address.ts', 'state/ids.ts',
  'state/ineligible.ts', 'state/outside-passwords.ts', 'state/placement.ts', 'state/protection.ts', 'state/server-failover.ts',
  'state/setting-row.ts', 'state/settings.ts',
]
/** What goes into the core and comes out of it. */
const MESSAGES = ['effect.ts', 'event.ts', 'input.ts', 'operation.ts', 'request.ts']
const STATE = ['primitives', 'messages', 'state']
const RULES = [...STATE, 'turn']

const CORE: Layers = {
  root: 'src/core/',
  files: {
    ...Object.fromEntries(PRIMITIVES.map((file) => [file, 'primitives'])),
    ...Object.fromEntries(MESSAGES.map((file) => [file, 'messages'])),
    'turn.ts': 'turn',
    'names.ts': 'turn',
    'lineage.ts': 'turn',
    'tombstones.ts': 'turn',
  },
  others: 'top',
  mayImport: {
    primitives: [],
    messages: ['primitives'],
    state: ['primitives', 'messages'],
    turn: STATE,
    monitoring: RULES,
    detection: [...RULES, 'monitoring'],
    failover: [...RULES, 'monitoring'],
    election: [...RULES, 'monitoring', 'detection', 'failover'],
    configuration: [...RULES, 'monitoring', 'detection', 'failover', 'election'],
    operations: [...RULES, 'monitoring', 'detection', 'failover', 'election', 'configuration'],
    view: [...RULES, 'monitoring', 'detection', 'failover', 'election'],
    top: [...RULES, 'monitoring', 'detection', 'failover', 'election', 'configuration', 'operations', 'view'],
  },
}

/** A family of commands knows the tools that all share, and no other family. */
const FAMILIES = ['acl', 'client', 'command', 'connection', 'pubsub', 'sentinel', 'server']

const COMMANDS: Layers = {
  root: 'src/commands/',
  files: { 'table.ts': 'top', 'dispatch.ts': 'top', 'index.ts': 'top', 'command-catalogue.ts': 'top' },
  others: 'shared',
  mayImport: {
    shared: [],
    ...Object.fromEntries(FAMILIES.map((family) => [family, ['shared']])),
    top: ['shared', ...FAMILIES],
  },
}

/** Rules that decide, without sockets and timers. */
const DECISIONS = ['settings', 'topology', 'route', 'commands', 'requests']

const PROXY: Layers = {
  root: 'src/proxy/',
  files: { 'index.ts': 'top', 'proxy.ts': 'top' },
  others: 'top',
  mayImport: {
    settings: [],
    topology: [],
    route: ['settings', 'topology'],
    sentinels: ['settings', 'topology'],
    commands: [],
    requests: ['commands', 'route'],
    pipe: DECISIONS,
    multiplex: [...DECISIONS, 'pipe'],
    http: [...DECISIONS, 'sentinels', 'pipe', 'multiplex'],
    workers: [...DECISIONS, 'pipe', 'http'],
    top: [...DECISIONS, 'sentinels', 'pipe', 'multiplex', 'http', 'workers'],
  },
}

/** Folders that import no package and no module of Node, so that they can neither wait nor send. */
const WITHOUT_PACKAGES: readonly string[] = DECISIONS.map((layer) => `${PROXY.root}${layer}/`)

/** Everything that these files import against the layers of their module. */
export function layerViolations(files: readonly ImportingFile[]): ImportViolation[] {
  return [...layersBroken(files), ...files.flatMap(packagesOf)]
}

function packagesOf({ path, imports }: ImportingFile): ImportViolation[] {
  if (!WITHOUT_PACKAGES.some((folder) => path.startsWith(folder))) return []
  return imports.filter(({ specifier }) => !specifier.startsWith('.'))
    .map(({ specifier, line }) => ({ path, line, reason: `decisions of the proxy must not import ${specifier}` }))
}

function layersBroken(files: readonly ImportingFile[]): ImportViolation[] {
  return [CORE, COMMANDS, PROXY].flatMap((layers) => files.flatMap((file) => violationsOf(layers, file)))
}

function violationsOf(layers: Layers, file: ImportingFile): ImportViolation[] {
  const from = layerOf(layers, file.path)
  if (from === undefined) return []
  const allowed = layers.mayImport[from]
  if (allowed === undefined) return [{ path: file.path, line: 1, reason: `the layer ${from} has no rule` }]
  return file.imports.flatMap((imported) => {
    const target = targetOf(file.path, imported)
    const to = target === undefined ? undefined : layerOf(layers, target)
    if (to === undefined || to === from || allowed.includes(to)) return []
    return [{ path: file.path, line: imported.line, reason: `${from} must not import ${to}` }]
  })
}

/** Undefined for files of other modules. */
function layerOf({ root, files, others }: Layers, path: string): string | undefined {
  if (!path.startsWith(root)) return undefined
  const file = path.slice(root.length)
  const [folder, inFolder] = file.split('/')
  return files[file] ?? (inFolder === undefined ? others : folder)
}
