/** Reads tokens and passwords from where ts-sentinel.ini says they are. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import type { OutsideSecret, Problem, Secret, SecretsExtension } from '../extensions/index.ts'
import { fromBytes, systemErrorText } from '../text/index.ts'
import type { Secrets } from './secrets.ts'

/** A problem of the settings file; it never contains a secret. */
export interface SettingsProblem extends Problem {
  /** The environment variable that is not set. */
  readonly variable?: string
}

export class SecretReader {
  readonly problems: SettingsProblem[] = []
  /** Files with secrets that all users can read. */
  readonly openFiles: string[] = []
  readonly #settingsFile: string
  readonly #environment: Readonly<Record<string, string | undefined>>

  /** Relative paths are relative to the folder of the settings file. */
  constructor(settingsFile: string, environment: Readonly<Record<string, string | undefined>>) {
    this.#settingsFile = settingsFile
    this.#environment = environment
  }

  read(secret: Secret | undefined): string | undefined {
    switch (secret?.kind) {
      case 'text':
        this.#noteIfOpen(this.#settingsFile)
        return secret.text
      case 'file':
        return this.#fromFile(secret)
      case 'env':
        return this.#fromEnvironment(secret)
      case undefined:
        return undefined
    }
  }

  readAll({ authPassOf, ...secrets }: SecretsExtension): Secrets {
    const passwords = new Map<string, string>()
    for (const [master, secret] of authPassOf) {
      const password = this.read(secret)
      if (password !== undefined) passwords.set(master, password)
    }
    return {
      requirepass: this.read(secrets.requirepass),
      sentinelPass: this.read(secrets.sentinelPass),
      authPass: this.read(secrets.authPass),
      authPassOf: passwords,
      tlsKeyFilePass: this.read(secrets.tlsKeyFilePass),
      tlsClientKeyFilePass: this.read(secrets.tlsClientKeyFilePass),
    }
  }

  #fromFile({ path: named, line }: Extract<OutsideSecret, { kind: 'file' }>): string | undefined {
    const path = resolve(dirname(this.#settingsFile), named)
    let bytes: string
    try {
      bytes = readFileSync(path, 'latin1')
    } catch (error) {
      this.problems.push({ line, text: `${path} cannot be read: ${systemErrorText(error)}` })
      return undefined
    }
    const text = oneLine(fromBytes(bytes))
    if (text === undefined) this.problems.push({ line, text: `${path} must have one line, which is the secret` })
    else this.#noteIfOpen(path)
    return text
  }

  #fromEnvironment({ variable, line }: Extract<OutsideSecret, { kind: 'env' }>): string | undefined {
    const value = this.#environment[variable]
    if (value === undefined) {
      this.problems.push({ line, text: `the environment variable ${variable} is not set`, variable })
      return undefined
    }
    const text = oneLine(value)
    if (text === undefined) {
      this.problems.push({ line, text: `the environment variable ${variable} must have one line, which is the secret` })
    }
    return text
  }

  #noteIfOpen(path: string): void {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0
    if ((mode & 0o004) !== 0 && !this.openFiles.includes(path)) this.openFiles.push(path)
  }
}

/**
 * Editors and echo end a text with a line feed, which is not part of the secret. Undefined: empty, or several lines.
 */
function oneLine(text: string): string | undefined {
  const line = text.replace(/\r?\n$/, '')
  return line === '' || /[\r\n]/.test(line) ? undefined : line
}
