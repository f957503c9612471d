/** Builds a program of the tests with one deliberate defect in the core, and loads it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, transform, type Plugin } from 'esbuild'
import type { Defect } from './defects.ts'

/** The project's folder: builds are started from there. */
const ROOT = process.cwd()

/**
 * Returns what the built module exports.
 * @throws Error when the defect's text is not in its file exactly once, or the build fails.
 */
export async function buildWith(defect: Defect, entry: string, folder: string): Promise<unknown> {
  const outfile = join(folder, `${defect.name.replaceAll(/[^a-z]+/gi, '-')}.mjs`)
  await build({
    entryPoints: [join(ROOT, entry)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    logLevel: 'silent',
    plugins: [planted(defect)],
  })
  return await import(pathToFileURL(outfile).href) as unknown
}

/** Does something with a build for each defect; the builds are removed afterwards. */
export async function withDefects(
  defects: readonly Defect[], entry: string, use: (defect: Defect, built: unknown) => void | Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-defects-'))
  try {
    for (const defect of defects) await use(defect, await buildWith(defect, entry, folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Checks that a defect can be planted, without the cost of a build.
 * @throws Error when the defect's text is not in its file exactly once, or the changed file is no TypeScript.
 */
export async function checkPlantable(defect: Defect): Promise<void> {
  await transform(sourceWith(defect), { loader: 'ts', target: 'node20', logLevel: 'silent', sourcefile: defect.file })
}

function planted(defect: Defect): Plugin {
  const path = pathOf(defect)
  return {
    name: 'deliberate-defect',
    setup: (building) => {
      building.onLoad({ filter: /\.ts$/ }, ({ path: loaded }) =>
        loaded === path ? { contents: sourceWith(defect), loader: 'ts' } : undefined)
    },
  }
}

/** Returns the text of the defect's file with the defect in it. */
function sourceWith(defect: Defect): string {
  const { name, file, find, replace } = defect
  const parts = readFileSync(pathOf(defect), 'utf8').split(find)
  if (parts.length !== 2) throw new Error(`${name}: its text is ${parts.length - 1} times in ${file}`)
  return parts.join(replace)
}

function pathOf({ file }: Defect): string {
  return join(ROOT, 'src/core', file)
}
