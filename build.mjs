/**
 * The steps of `npm run build`: removes `dist` and makes it anew.
 *
 *   dist/**.js, .d.ts      each module of src: what the package exports, and what tests start
 *   dist/http/dashboard    the script of the dashboard's page, bundled for browsers
 *   dist/program.cjs       the whole program in one file
 *   dist/ts-sentinel.js    the executable: a few checks, then the program (src/cli/launch)
 *   dist/harness/index.cjs the harness in one file for require(); dist/cjs has its types as those of CommonJS
 *   dist/compile-cache     what V8 compiled in one start (Node 22.1 and newer)
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { buildSync } from 'esbuild'

/** The launcher must run there as far as the message that Node is too old (src/cli/launch/require-node.js). */
export const OLDEST_NODE_THAT_READS_THE_LAUNCHER = 'node12'

const COMMON = /** @type {const} */ ({
  bundle: true, platform: 'node', external: ['ioredis'], minifyWhitespace: true, logLevel: 'warning',
})

const FOR_REQUIRE = /** @type {const} */ ({
  target: 'node20',
  format: 'cjs',
  define: { 'import.meta.url': 'programUrl' },
  banner: { js: 'const programUrl=require("node:url").pathToFileURL(__filename).href;' },
})

/** One CommonJS file: Node loads it faster than separate modules, and faster than a bundle of ES modules. */
export function bundleProgram(/** @type {string} */ dist) {
  buildSync({
    ...COMMON,
    ...FOR_REQUIRE,
    entryPoints: ['src/cli/main.ts'],
    outfile: join(dist, 'program.cjs'),
    // Parts that are loaded on demand are in the same file, and run when they are first imported.
    supported: { 'dynamic-import': false },
    // Node prints the line of source in which an exception was thrown.
    lineLimit: 160,
  })
}

/** An ES module, as package.json says of all .js files. */
export function bundleLauncher(/** @type {string} */ dist) {
  const outfile = join(dist, 'ts-sentinel.js')
  buildSync({
    ...COMMON, entryPoints: ['src/cli/launch/launcher.ts'], outfile, target: OLDEST_NODE_THAT_READS_THE_LAUNCHER, format: 'esm',
  })
  chmodSync(outfile, 0o755)
}

/**
 * Node can `require` an ES module, but jest cannot, and TypeScript takes the types of one for those of an ES module. So
 * the harness is there as CommonJS, too. Its types are the same files again, in a folder whose package.json says so.
 */
export function bundleHarness(/** @type {string} */ dist) {
  buildSync({ ...COMMON, ...FOR_REQUIRE, entryPoints: ['src/harness/index.ts'], outfile: join(dist, 'harness/index.cjs') })
  const types = new Set(['harness/index.d.ts'])
  for (const path of types) {
    const text = readFileSync(join(dist, path), 'utf8')
    for (const [, specifier = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)\.ts['"]/g)) {
      types.add(join(dirname(path), `${specifier}.d.ts`))
    }
    mkdirSync(join(dist, 'cjs', dirname(path)), { recursive: true })
    writeFileSync(join(dist, 'cjs', path), text)
  }
  writeFileSync(join(dist, 'cjs/package.json'), '{ "type": "commonjs" }\n')
}

/**
 * Node writes the cache when a process ends that has found none. It holds what V8 compiled when it loaded the files, so
 * the shortest run makes the same cache as a start. It is for this release of Node and this folder.
 */
export function fillCompileCache(/** @type {string} */ dist) {
  mkdirSync(join(dist, 'compile-cache'))
  execFileSync(process.execPath, [join(dist, 'ts-sentinel.js'), '--version'])
}

function build() {
  rmSync('dist', { recursive: true, force: true })
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'src/tsconfig.build.json'], { stdio: 'inherit' })
  execFileSync(process.execPath, ['src/http/dashboard/bundle-script.js', 'dist/http/dashboard/script.js'], { stdio: 'inherit' })
  bundleProgram('dist')
  bundleLauncher('dist')
  bundleHarness('dist')
  fillCompileCache('dist')
}

if (process.argv[1] === import.meta.filename) build()
