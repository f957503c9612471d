/**
 * Packs the package and has what it exports judged: publint looks at the fields of package.json and the files behind
 * them, attw (are the types wrong?) resolves each entry point as TypeScript and Node do. Ends with status 1 when one of
 * them finds something.
 *
 *   npm run check-package         uses the build that is there; `npm run build` makes one
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { messageOf } from '../../src/harness/index.ts'
import { ScratchProject } from './scratch-project.ts'

const ROOT = process.cwd()
const PROGRAMS = join(ROOT, 'node_modules/.bin')

process.exitCode = await main()

async function main(): Promise<number> {
  if (!existsSync(join(ROOT, 'dist/ts-sentinel.js'))) {
    process.stderr.write('There is no build in dist: run "npm run build" first.\n')
    return 2
  }
  const project = new ScratchProject()
  try {
    await project.mustRun('npm', ['pack', ROOT, '--ignore-scripts', '--loglevel=error'])
    const tarball = readdirSync(project.folder).find((name) => name.endsWith('.tgz'))
    if (tarball === undefined) throw new Error('npm pack left no tarball')
    // The harness is there as CommonJS too; how CommonJS resolves the other entry points is left out.
    const checks: readonly (readonly [string, readonly string[]])[] = [
      ['publint', [tarball, '--strict']],
      ['attw', [tarball, '--profile', 'esm-only', '--no-color']],
      ['attw', [tarball, '--profile', 'node16', '--entrypoints', './harness', '--no-color']],
    ]
    for (const [program, args] of checks) process.stdout.write(await project.mustRun(join(PROGRAMS, program), args))
    return 0
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
    return 1
  } finally {
    project.remove()
  }
}
