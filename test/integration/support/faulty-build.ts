/** The program with a disk of ours under its configuration file (faulty-fs.ts). Production code has no hook for it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Command } from '../../../src/harness/index.ts'

const ROOT = join(import.meta.dirname, '../../..')
const STORE = join(ROOT, 'src/config/durable-file.ts')
const IMPORT = "import * as fs from 'node:fs/promises'"

/** @returns how to run it, without its arguments */
export async function buildWithFaultyDisk(folder: string): Promise<Command> {
  const outfile = join(folder, 'ts-sentinel.mjs')
  await build({
    entryPoints: [join(ROOT, 'src/cli/main.ts')],
    outfile, bundle: true, platform: 'node', target: 'node20', format: 'esm', logLevel: 'warning',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    plugins: [{
      name: 'faulty-disk',
      setup: (building) => {
        building.onLoad({ filter: /durable-file\.ts$/ }, ({ path }) => {
          if (path !== STORE) return undefined
          const parts = readFileSync(path, 'utf8').split(IMPORT)
          if (parts.length !== 2) throw new Error(`${IMPORT} is ${parts.length - 1} times in ${STORE}`)
          const faulty = `import * as fs from ${JSON.stringify(join(import.meta.dirname, 'faulty-fs.ts'))}`
          return { contents: parts.join(faulty), loader: 'ts' }
        })
      },
    }],
  })
  return { file: process.execPath, args: [outfile] }
}
