// Bundles one TypeScript program below this folder and runs it: Node 20 cannot run TypeScript by itself.
// Usage: node test/run.mjs <program, such as simulation/simulate> [options of the program]
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { build } from 'esbuild'

const [name, ...args] = process.argv.slice(2)
if (name === undefined || !/^[a-z-]+(\/[a-z-]+)*$/.test(name)) {
  process.stderr.write('usage: node test/run.mjs <program below test, without .ts> [options]\n')
  process.exit(2)
}
// Below node_modules, so that packages are found and nothing shows up in the repository. One file a process: programs
// that run at the same time do not write over each other's.
const cache = join(import.meta.dirname, '../node_modules/.cache/ts-sentinel')
const outfile = join(cache, `${name.replaceAll('/', '-')}-${process.pid}.mjs`)
await build({
  entryPoints: [join(import.meta.dirname, `${name}.ts`)],
  outfile, bundle: true, platform: 'node', target: 'node20', format: 'esm', packages: 'external', sourcemap: 'inline',
  logLevel: 'warning',
})
// Simulations make much garbage that dies at once: more room for the young saves a tenth of their time.
const options = ['--enable-source-maps', '--max-semi-space-size=64']
// The program that is tried is the one of this project, wherever the packages are.
process.env.TS_SENTINEL_JS ??= join(import.meta.dirname, '../dist/ts-sentinel.js')
// For programs that run others.
process.env.TS_SENTINEL_RUNNER = import.meta.filename
const child = spawn(process.execPath, [...options, outfile, ...args], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { child.kill(signal) })
child.on('close', (code, signal) => {
  rmSync(outfile, { force: true })
  process.exit(code ?? (signal === null ? 1 : 130))
})
