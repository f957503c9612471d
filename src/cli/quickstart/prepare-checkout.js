/** Installs the dependencies of a checkout and builds it, and prints what it does meanwhile. npm runs it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'

import { runStep } from './checkout-step.js'
import { isInstalled } from './installed-packages.js'

/** Number of folders in node_modules, with those of scopes. */
function installed() {
  const names = foldersIn('node_modules')
  return names.flatMap((name) => name.startsWith('@') ? foldersIn(`node_modules/${name}`) : [name]).length
}

/** @param {string} folder */
function foldersIn(folder) {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'))
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
}

/**
 * `packages` of a lock file; none where there is no such file.
 *
 * @param {string} file
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch (error) {
    if (error.code === 'ENOENT') return {}
    throw error
  }
}

const packages = packagesOf('package-lock.json')
const installedPackages = packagesOf('node_modules/.package-lock.json')
const isComplete = isInstalled(packages, installedPackages)
  && Object.keys(installedPackages).every((path) => existsSync(path))
const wanted = Object.keys(packages).length - 1
const npm = [process.execPath, process.env['npm_execpath'] ?? 'npm']
const steps = [
  {
    title: '[1/2] Installing the dependencies (about 10 s, longer on a slow network)',
    command: [...npm, 'ci', '--loglevel=error', '--no-fund', '--no-audit'],
    progress: () => `${installed()} packages of at most ${wanted}`,
  },
  { title: '[2/2] Building (about 15 s)', command: [process.execPath, 'build.mjs'] },
]

if (isComplete) process.stdout.write('[1/2] The dependencies are installed.\n')
for (const step of isComplete ? steps.slice(1) : steps) {
  process.exitCode = await runStep(step)
  if (process.exitCode !== 0) break
}
