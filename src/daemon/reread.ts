/**
 * Reads the configuration again while the sentinel runs, without side effects, with the command line of the start. The
 * texts that were read last are kept, so that what has changed since can be found.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadConfig, type ConfigEnvironment, type LoadResult, type RunCommandLine } from '../config/index.ts'
import { detachedEnvironment } from './detached-environment.ts'
import { loadExtensions, type ExtensionsLoaded } from './extensions-file.ts'
import { validateUser } from './users.ts'

/** What the program has read: the bytes of each file by absolute path, and those of standard input. */
export interface ReadTexts {
  readonly files: Map<string, string>
  standardInput: string | undefined
}

/** Keeps what is read through an environment. */
export function rememberingEnvironment(environment: ConfigEnvironment, texts: ReadTexts): ConfigEnvironment {
  return {
    ...environment,
    readFile: (path) => {
      const reading = environment.readFile(path)
      if (reading.ok) texts.files.set(resolve(environment.workingDirectory(), path), reading.value)
      return reading
    },
    readStandardInput: () => {
      texts.standardInput ??= environment.readStandardInput()
      return texts.standardInput
    },
  }
}

export interface RereaderOptions {
  readonly commandLine: RunCommandLine
  /** Working directory at the start of the process. */
  readonly startDirectory: string
  /** What the start has read. */
  readonly texts: ReadTexts
}

export interface Rereading {
  readonly result: LoadResult
  /** To be kept when the result is used. */
  readonly texts: ReadTexts
}

export class Rereader {
  readonly #options: RereaderOptions
  #texts: ReadTexts

  constructor(options: RereaderOptions) {
    this.#options = options
    this.#texts = options.texts
  }

  /** The text of this file that was last used; undefined for one that was not read. */
  lastText(path: string): string | undefined {
    return this.#texts.files.get(path)
  }

  /** The configuration as it is in the files now. */
  fromDisk(): Rereading {
    const texts: ReadTexts = { files: new Map(), standardInput: this.#texts.standardInput }
    // A file that cannot be written is a problem of saves, which report it and go on.
    const environment = { ...detachedEnvironment(this.#options.startDirectory), checkWritable: () => undefined }
    return { result: this.#load(rememberingEnvironment(environment, texts)), texts }
  }

  /** The configuration as it was used last, with this text in the place of that of the main file. */
  asLastUsed(mainFile: string, text: string): LoadResult {
    const environment = detachedEnvironment(this.#options.startDirectory)
    const files = new Map(this.#texts.files).set(mainFile, text)
    return this.#load({
      ...environment,
      readFile: (path) => {
        const known = files.get(resolve(environment.workingDirectory(), path))
        return known === undefined ? environment.readFile(path) : { ok: true, value: known }
      },
      // A directory of then may be gone by now, and what was used is not judged again.
      isExecutable: () => true,
      checkLogFile: () => undefined,
      checkWritable: () => undefined,
      readStandardInput: () => this.#texts.standardInput ?? '',
    })
  }

  /** Keeps what was read: it is in use now. */
  use(texts: ReadTexts): void {
    this.#texts = texts
  }

  extensions(configFile: string): Promise<ExtensionsLoaded> {
    const { commandLine: { settingsPath }, startDirectory } = this.#options
    return loadExtensions({ settingsPath, startDirectory, configFile })
  }

  #load(environment: ConfigEnvironment): LoadResult {
    return loadConfig({ commandLine: this.#options.commandLine, environment, validateUser })
  }
}

/** The bytes of a file as byte text; undefined when it cannot be read. */
export function bytesOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}
