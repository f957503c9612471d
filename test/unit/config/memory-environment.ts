import type { ConfigEnvironment } from '../../../src/config/index.ts'
import type { StateFileLook } from '../../../src/config/environment.ts'
import { accepted, refused } from '../../../src/config/outcome.ts'
import { expandGlob } from '../../../src/config/path-glob.ts'

interface MemoryFile {
  readonly text: string
  readonly mode: number
}

export interface MemoryEnvironmentOptions {
  /** By absolute or relative path; text is byte text. */
  readonly files?: Readonly<Record<string, string | MemoryFile>>
  readonly stdin?: string
  /** Directories beside those that the files are in. */
  readonly directories?: readonly string[]
}

export const START_DIRECTORY = '/data/s1'
const NOT_FOUND = 'No such file or directory'

/** A small file system in memory, in which a test starts at `/data/s1`. */
export class MemoryEnvironment implements ConfigEnvironment {
  readonly #files = new Map<string, MemoryFile>()
  readonly #directories = new Set(['/', '/tmp', '/etc', '/data', START_DIRECTORY])
  readonly #stdin: string
  #directory = START_DIRECTORY
  /** Log files that were opened, in order. */
  readonly openedLogFiles: string[] = []

  constructor({ files = {}, stdin = '', directories = [] }: MemoryEnvironmentOptions = {}) {
    this.#stdin = stdin
    for (const directory of directories) this.#directories.add(directory)
    for (const [path, file] of Object.entries({ '/etc/passwd': '', '/bin/true': { text: '', mode: 0o755 }, ...files })) {
      this.#files.set(this.#absolute(path), typeof file === 'string' ? { text: file, mode: 0o644 } : file)
    }
  }

  workingDirectory(): string {
    return this.#directory
  }

  changeDirectory(path: string): string | undefined {
    const target = this.#absolute(path)
    if (path === '' || (!this.#directories.has(target) && !this.#files.has(target))) return NOT_FOUND
    if (this.#files.has(target)) return 'Not a directory'
    this.#directory = target
    return undefined
  }

  readFile(path: string) {
    const target = this.#absolute(path)
    if (path !== '' && this.#directories.has(target)) return accepted('')
    const file = this.#files.get(target)
    return file === undefined || path === '' ? refused(NOT_FOUND) : accepted(file.text)
  }

  readStandardInput(): string {
    return this.#stdin
  }

  glob(pattern: string): readonly string[] {
    return expandGlob(pattern, {
      list: (directory) => {
        const prefix = this.#absolute(directory).replace(/\/?$/, '/')
        const paths = [...this.#files.keys(), ...this.#directories]
        return [...new Set(paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length).split('/')[0] ?? ''))]
      },
      exists: (path) => this.#files.has(this.#absolute(path)) || this.#directories.has(this.#absolute(path)),
    })
  }

  identity(path: string): string {
    return this.#absolute(path)
  }

  isSameFile(one: string, other: string): boolean {
    return this.#files.has(this.#absolute(one)) && this.#absolute(one) === this.#absolute(other)
  }

  lookAtStateFile(path: string): StateFileLook {
    const target = this.#absolute(path)
    if (this.#directories.has(target)) return { kind: 'unusable', problem: 'it is not a file' }
    const folder = target.slice(0, target.lastIndexOf('/')) || '/'
    if (!this.#directories.has(folder)) return { kind: 'unusable', problem: `its folder ${folder} does not exist` }
    const problem = this.#files.has(target) ? this.checkWritable(target) : undefined
    return problem === undefined ? { kind: this.#files.has(target) ? 'found' : 'missing' } : { kind: 'unusable', problem }
  }

  checkLogFile(path: string): string | undefined {
    const target = this.#absolute(path)
    if (this.#directories.has(target)) return 'Is a directory'
    if (!this.#directories.has(target.slice(0, target.lastIndexOf('/')) || '/')) return NOT_FOUND
    this.openedLogFiles.push(target)
    return undefined
  }

  checkWritable(path: string): string | undefined {
    const target = this.#absolute(path)
    const file = this.#files.get(target)
    if (file === undefined) return this.#directories.has(target) ? undefined : NOT_FOUND
    return file.mode & 0o200 ? undefined : 'Permission denied'
  }

  isExecutable(path: string): boolean {
    const target = this.#absolute(path)
    return path !== '' && (this.#directories.has(target) || ((this.#files.get(target)?.mode ?? 0) & 0o111) !== 0)
  }

  /** Resolves `.`, `..` and double slashes. */
  #absolute(path: string): string {
    const parts: string[] = []
    for (const part of (path.startsWith('/') ? path : `${this.#directory}/${path}`).split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return `/${parts.join('/')}`
  }
}
