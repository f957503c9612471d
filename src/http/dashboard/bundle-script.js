// Bundles the browser code of the dashboard into the script of its page. Tests import this file as '#dashboard-script'
// (vitest.config.ts). The build runs it; the built program imports the file that it writes (package.json, "imports").
// Usage: node bundle-script.js <file to write>
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { buildSync } from 'esbuild'

const { outputFiles: [bundle] } = buildSync({
  entryPoints: [join(import.meta.dirname, 'browser', 'main.ts')],
  bundle: true, write: false, platform: 'browser', target: 'es2022', format: 'iife', minify: true, logLevel: 'warning',
})

export const SCRIPT = bundle.text.trimEnd()

if (process.argv[1] === import.meta.filename) {
  writeFileSync(process.argv[2], `export const SCRIPT = ${JSON.stringify(SCRIPT)}\n`)
}
