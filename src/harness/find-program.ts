import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where package managers and programs are when the PATH does not have them. */
const USUAL_FOLDERS = ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/bin', '/sbin', '/opt/homebrew/bin']

/** The path of the first of these programs that the PATH has; undefined when it has none. */
export function onPath(...names: readonly string[]): string | undefined {
  return names.map((name) => programPath(name)).find((path) => path !== undefined)
}

/** The path of a program that is named as for a shell: by its path, or by a name on the PATH. */
export function programPath(file: string, path = process.env['PATH'] ?? ''): string | undefined {
  if (file.includes('/')) return isProgram(file) ? file : undefined
  return inFolders(file, path.split(delimiter))
}

/** One command that installs a program of Redis on this system. Without a known package manager: some of them. */
export function installCommand(tool: 'redis-server' | 'redis-sentinel'): string {
  if (process.platform === 'win32') return 'Windows: run the tests in WSL'
  const manager = [...MANAGERS].find(([program]) => onPath(program) ?? inFolders(program, USUAL_FOLDERS))
  if (manager === undefined) return `Debian and Ubuntu: apt-get install ${tool}; macOS: brew install redis; Alpine: apk add redis`
  const [program, command] = manager
  // Homebrew refuses to run as root, all others need it.
  return `${program === 'brew' || process.getuid?.() === 0 ? '' : 'sudo '}${command(tool)}`
}

const MANAGERS = new Map<string, (tool: string) => string>([
  ['apt-get', (tool) => `apt-get install -y ${tool}`],
  ['dnf', () => 'dnf install -y redis'],
  ['apk', () => 'apk add redis'],
  ['pacman', () => 'pacman -S --needed redis'],
  ['zypper', () => 'zypper install redis'],
  ['brew', () => 'brew install redis'],
])

function inFolders(name: string, folders: readonly string[]): string | undefined {
  return folders.filter((folder) => folder !== '').map((folder) => join(folder, name)).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
