import { spawn, spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'

import { isExecutable } from '../config/index.ts'
import { PACKAGE_MANAGERS, type ClientTool, type PackageManager, type Tool } from './package-managers.ts'
import { listeningServicePorts, SERVICES, stopServices } from './redis-services.ts'

export type { ClientTool, Tool } from './package-managers.ts'

/**
 * Time limit of an installation, in milliseconds. Fetching 500 MB over a slow line and unpacking them on a busy machine
 * takes long, but a package manager must not hang for ever.
 */
const INSTALL_MS = 60 * 60_000

/**
 * Interval of messages that the package manager is still working, with the last line that it printed, in milliseconds.
 */
const PROGRESS_MS = 20_000

/** A tool is missing and could not be installed. The message says what to do. */
export class MissingToolsError extends Error {
  override readonly name = 'MissingToolsError'
}

/**
 * Installs those of the tools that are missing, with the package manager of the system. It first prints what it is
 * about to install. It starts no services, and stops those that the installation started.
 *
 * @param say called with each line that users should see
 * @throws MissingToolsError when something is missing and cannot be installed
 */
export async function ensurePackages(tools: readonly Tool[], say: (line: string) => void): Promise<void> {
  const missing = tools.filter((tool) => !isThere(tool))
  if (missing.length === 0) return
  const manager = packageManager()
  if (manager === undefined) {
    throw new MissingToolsError(`${missing.join(', ')} not found, and no supported package manager (apt-get, dnf, apk, pacman, brew) either. Install by hand and try again.`)
  }
  const packages = packagesFor(missing, manager)
  const asRoot = rootPrefix(manager, packages, missing)
  say(`${missing.join(', ')} not found. Installing with ${manager.program}, which may take minutes: ${packages.join(' ')}`)
  if (asRoot.length > 0) say('The installation uses sudo, which may ask for your password.')
  const listenedBefore = await listeningServicePorts()
  await runScript(manager, packages, { asRoot, say })
  if (manager.asRoot) stopServices(missing.flatMap((tool) => SERVICES[tool] ?? []), asRoot)
  const listening = await newListeners(listenedBefore)
  const still = tools.filter((tool) => !isThere(tool))
  if (still.length > 0) {
    throw new MissingToolsError(`${manager.program} succeeded, but ${still.join(', ')} cannot be found. Install by hand and try again.`)
  }
  for (const port of listening) {
    say(`A process listens on port ${port} since the installation. Stop it if it is a service of these packages; it is not needed.`)
  }
  say(listening.length === 0 ? 'Installed; no service of these packages is running.' : 'Installed.')
}

const CLIENT_TOOLS: readonly ClientTool[] = [
  'python3-pytest', 'ruby-redis', 'php-predis', 'hiredis', 'prometheus-redis-exporter', 'promtool', 'haproxy', 'mandoc', 'zsh',
]

/**
 * The clients that tests can use on this machine: those that are installed or that its package manager has. The tests
 * of the others are skipped, and `say` gets a line about each.
 */
export function clientToolsHere(say: (line: string) => void = () => undefined): readonly ClientTool[] {
  const manager = packageManager()
  return CLIENT_TOOLS.filter((tool) => {
    const here = manager?.packages[tool] !== undefined || isThere(tool)
    if (!here) say(`${tool} has no package for this system; its tests are skipped.`)
    return here
  })
}

/** Path of a program on the PATH or in the usual folders of administrators' programs; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/bin', '/usr/sbin', '/opt/homebrew/bin']
  return folders.filter((folder) => folder !== '').map((folder) => join(folder, name)).find(isExecutable)
}

/** The path itself when it is a program that can be run; undefined otherwise. */
export function executablePath(path: string): string | undefined {
  return isExecutable(path) ? path : undefined
}

/** Path of a browser of the Chromium family; undefined when there is none. */
export function browserProgram(): string | undefined {
  return ['chromium', 'chromium-browser', 'google-chrome'].map(findProgram).find((path) => path !== undefined)
}

/** Path of a python3 with the redis module, which is not always the first on the PATH. */
export function findPythonWithRedis(): string | undefined {
  const candidates = [findProgram('python3'), '/usr/bin/python3'].filter((path) => path !== undefined)
  return candidates.find((path) => runs(path, ['-c', 'import redis']))
}

function packageManager(): PackageManager | undefined {
  return PACKAGE_MANAGERS.find(({ program }) => findProgram(program) !== undefined)
}

function isThere(tool: Tool): boolean {
  switch (tool) {
    case 'python3-redis': return findPythonWithRedis() !== undefined
    case 'python3-pytest': return runs(findPythonWithRedis() ?? 'python3', ['-c', 'import pytest'])
    case 'hiredis': return runs('/bin/sh', ['-c', 'echo "#include <hiredis/hiredis.h>" | cc -E -'])
    case 'ruby-redis': return runs('ruby', ['-e', 'require "redis"'])
    case 'php-predis': return runs('php', ['-r', 'require "Predis/Autoloader.php";'])
    default: return findProgram(tool) !== undefined
  }
}

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 20_000 }).status === 0
}

function packagesFor(missing: readonly Tool[], manager: PackageManager): string[] {
  const names = missing.map((tool) => {
    const name = manager.packages[tool]
    if (name === undefined) throw new MissingToolsError(`${manager.program} has no package for ${tool}. Install it by hand and try again.`)
    return name
  })
  return [...new Set(names.flatMap((name) => name.split(' ')))]
}

/** The words that make a command run as root: none for root, sudo when it can be used. */
function rootPrefix(manager: PackageManager, packages: readonly string[], missing: readonly Tool[]): string[] {
  if (!manager.asRoot || process.getuid?.() === 0) return []
  const sudo = findProgram('sudo')
  if (sudo !== undefined) {
    const withoutPassword = spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore', timeout: 10_000 }).status === 0
    if (withoutPassword) return [sudo, '-n']
    if (process.stdin.isTTY) return [sudo]
  }
  throw new MissingToolsError([
    `${missing.join(', ')} not found. The installation needs root, you are not root, and sudo cannot be used here.`,
    'Ask an administrator to run this, then try again:',
    `  ${manager.byHand(packages)}`,
  ].join('\n'))
}

interface ScriptOptions {
  readonly asRoot: readonly string[]
  readonly say: (line: string) => void
}

function runScript(
  manager: PackageManager, packages: readonly string[], { asRoot, say }: ScriptOptions,
): Promise<void> {
  const [file = 'sh', ...args] = [...asRoot, 'sh', '-c', manager.script(packages)]
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['inherit', 'pipe', 'pipe'], timeout: INSTALL_MS })
    let output = ''
    const keep = (bytes: Buffer): void => { output = (output + bytes.toString()).slice(-4_000) }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const progress = setInterval(() => { say(`  ${manager.program}: ${lastLine(output)}`) }, PROGRESS_MS)
    child.once('error', (error) => {
      clearInterval(progress)
      reject(error)
    })
    child.once('close', (code, signal) => {
      clearInterval(progress)
      if (code === 0) {
        resolve()
        return
      }
      const end = signal === null ? `ended with status ${code}` : `was ended by ${signal}`
      reject(new MissingToolsError([
        `${manager.program} ${end} and did not install ${packages.join(' ')}. Its output ends with:`,
        output.trim(),
        'Install by hand and try again:',
        `  ${manager.byHand(packages)}`,
      ].join('\n')))
    })
  })
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1)?.trim().slice(0, 100) ?? ''
}

async function newListeners(before: readonly number[]): Promise<number[]> {
  return (await listeningServicePorts()).filter((port) => !before.includes(port))
}
