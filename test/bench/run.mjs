// Bundles one TypeScript program of this folder and runs it: Node 20 cannot run TypeScript by itself.
// Usage: node test/bench/run.mjs <name> [options of the program]
import { spawn } from 'node:child_process'
import { join } from 'node:path'

import { build } from 'esbuild'

const [name, ...args] = process.argv.slice(2)
if (name === undefined || !/^[a-z-]+$/.test(name)) {
  process.stderr.write('usage: node test/bench/run.mjs <name> [options]\n')
  process.exit(2)
}
// Below node_modules, so that packages are found and nothing shows up in the repository.
const outfile = join(import.meta.dirname, '../../node_modules/.cache/ts-sentinel', `bench-${name}.mjs`)
await build({
  entryPoints: [join(import.meta.dirname, `${name}.ts`)],
  outfile, bundle: true, platform: 'node', target: 'node20', format: 'esm', packages: 'external', sourcemap: 'inline',
  logLevel: 'warning',
})
const child = spawn(process.execPath, ['--enable-source-maps', outfile, ...args], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { child.kill(signal) })
child.on('close', (code, signal) => { process.exit(code ?? (signal === null ? 1 : 130)) })
