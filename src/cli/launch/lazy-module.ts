/**
 * Modules of Node that are large, and of no use to most starts: they are loaded when something of them is used.
 * Those that a start needs, and those on hot paths, are not here.
 */
const LATER: ReadonlySet<string> = new Set([
  'assert', 'child_process', 'dns', 'fs/promises', 'http', 'https', 'tls', 'tty', 'util', 'zlib',
])

export type ModuleReader = (name: string) => object

/**
 * What the program calls as `require`. Other modules are part of the program, but for those that only tools need
 * (drill): they are looked for where the program is installed.
 */
export function requireLazily(read: ModuleReader = readBuiltin): ModuleReader {
  return (name) => LATER.has(name.replace(/^node:/, '')) ? lazyModule(() => read(name)) : read(name)
}

function readBuiltin(name: string): object {
  const found: object | undefined = process.getBuiltinModule(name)
  return found ?? process.getBuiltinModule('node:module').createRequire(import.meta.url)(name) as object
}

/** Stands for a module, also for one that is a function, and reads it when it is looked at. */
function lazyModule(read: () => object): object {
  let module: object | undefined
  const loaded = (): object => module ??= read()
  return new Proxy(() => undefined, {
    apply: (_target, self, args: unknown[]): unknown => Reflect.apply(loaded() as () => unknown, self, args),
    get: (_target, key) => Reflect.get(loaded(), key) as unknown,
    has: (_target, key) => Reflect.has(loaded(), key),
    ownKeys: () => Reflect.ownKeys(loaded()),
    getOwnPropertyDescriptor: (_target, key) => {
      const found = Reflect.getOwnPropertyDescriptor(loaded(), key)
      // A proxy may show only what can be configured where its own target has nothing.
      return found === undefined ? undefined : { ...found, configurable: true }
    },
  })
}
