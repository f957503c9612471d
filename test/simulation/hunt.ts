/** Builds the simulation with one defect in the core, and looks for a seed that finds it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { Defect } from './defects.ts'
import type { RunResult } from './run-plan.ts'

export interface Found {
  readonly seed: number
  readonly invariant: string
}

/** What the built file offers. */
interface Built {
  readonly runSeed: (seed: number) => Promise<RunResult>
}

/** The project's folder: builds are started from there. */
const ROOT = process.cwd()

/** @throws Error when the defect's text is not in its file exactly once, or the build fails. */
export async function hunt(defect: Defect, options: { folder: string, seeds: number }): Promise<Found | undefined> {
  const outfile = join(options.folder, `${defect.name.replaceAll(/[^a-z]+/gi, '-')}.mjs`)
  await build({
    entryPoints: [join(ROOT, 'test/simulation/run-seed.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    logLevel: 'silent',
    plugins: [planted(defect)],
  })
  const { runSeed } = await import(pathToFileURL(outfile).href) as Built
  for (let seed = 1; seed <= options.seeds; seed += 1) {
    const [violation] = (await runSeed(seed)).violations
    if (violation !== undefined) return { seed, invariant: violation.invariant }
  }
  return undefined
}

function planted({ name, file, find, replace }: Defect): Plugin {
  const path = join(ROOT, 'src/core', file)
  return {
    name: 'deliberate-defect',
    setup: (building) => {
      building.onLoad({ filter: /\.ts$/ }, ({ path: loaded }) => {
        if (loaded !== path) return undefined
        const parts = readFileSync(path, 'utf8').split(find)
        if (parts.length !== 2) throw new Error(`${name}: its text is ${parts.length - 1} times in ${file}`)
        return { contents: parts.join(replace), loader: 'ts' }
      })
    },
  }
}
