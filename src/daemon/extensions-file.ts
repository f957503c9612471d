/**
 * Finds and reads ts-sentinel.ini, the file for settings that the original does not have. Without such a file the
 * module that parses it is not loaded.
 */
import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { globMatch, protectionOfAll, type ProtectionSettings } from '../core/index.ts'
import { CATALOG } from '../events/index.ts'
import type { HttpSettings, Problem, Secret, WebhookSettings } from '../extensions/index.ts'
import { systemErrorText } from '../text/index.ts'

/** Name of the file beside sentinel.conf that is read when the command line names no settings file. */
export const SETTINGS_FILE_NAME = 'ts-sentinel.ini'

/** The settings of ts-sentinel.ini, with tokens and secrets read from their files. */
export interface Extensions {
  readonly http: (Omit<HttpSettings, 'token'> & { readonly token: string | undefined }) | undefined
  readonly logFormat: 'redis' | 'json'
  readonly webhooks: readonly (Omit<WebhookSettings, 'secret'> & { readonly secret: string | undefined })[]
  /** How failures of masters are judged. */
  readonly protection: ProtectionSettings
  /** Log lines about problems that do not prevent the start. */
  readonly warnings: readonly string[]
}

/** The settings when there is no file. */
export const NO_EXTENSIONS: Extensions = Object.freeze({
  http: undefined, logFormat: 'redis' as const, webhooks: [], protection: protectionOfAll(), warnings: [],
})

export type ExtensionsLoaded =
  | { readonly ok: true, readonly extensions: Extensions }
  /** `text` is for standard error and has line ends. */
  | { readonly ok: false, readonly text: string }

export interface SettingsPlace {
  /** The value of `--settings`; undefined for the file beside sentinel.conf, which may be missing. */
  readonly settingsPath: string | undefined
  /** Working directory at the start of the process. A `dir` line may have changed it since. */
  readonly startDirectory: string
  /** Absolute path of sentinel.conf. */
  readonly configFile: string
}

export async function loadExtensions(place: SettingsPlace): Promise<ExtensionsLoaded> {
  const { settingsPath, startDirectory, configFile } = place
  const path = settingsPath === undefined
    ? join(dirname(configFile), SETTINGS_FILE_NAME) : resolve(startDirectory, settingsPath)
  const reading = read(path)
  if (!reading.ok) {
    // Without `--settings` the file beside sentinel.conf may be missing. If it exists, it must be readable.
    if (settingsPath === undefined && reading.isMissing) return { ok: true, extensions: NO_EXTENSIONS }
    return failure(path, [{ line: 0, text: `the file cannot be read: ${reading.problem}` }])
  }
  const { parseExtensions } = await import('../extensions/index.ts')
  const parsed = parseExtensions(reading.text, { isEventPattern })
  if (!parsed.ok) return failure(path, parsed.problems)
  const { http, log, webhooks, protection } = parsed.settings
  const secrets = new SecretReader(path)
  const extensions: Extensions = {
    http: http && { ...http, token: secrets.read(http.token) },
    logFormat: log.format,
    webhooks: webhooks.map((webhook) => ({ ...webhook, secret: secrets.read(webhook.secret) })),
    protection,
    warnings: secrets.warnings,
  }
  return secrets.problems.length === 0 ? { ok: true, extensions } : failure(path, secrets.problems)
}

function isEventPattern(pattern: string): boolean {
  return Object.keys(CATALOG).some((name) => globMatch(pattern, name))
}

function failure(path: string, problems: readonly Problem[]): ExtensionsLoaded {
  const lines = problems.map(({ line, text }) => `${path}${line === 0 ? '' : `:${line}`}: ${text}`)
  return { ok: false, text: ['', '*** FATAL SETTINGS FILE ERROR ***', ...lines, ''].join('\n') }
}

type Reading =
  | { readonly ok: true, readonly text: string }
  | { readonly ok: false, readonly problem: string, readonly isMissing: boolean }

function read(path: string): Reading {
  try {
    return { ok: true, text: readFileSync(path, 'utf8') }
  } catch (error) {
    return { ok: false, problem: systemErrorText(error), isMissing: (error as NodeJS.ErrnoException).code === 'ENOENT' }
  }
}

/** Reads tokens and secrets. Relative paths are relative to the folder of the settings file. */
class SecretReader {
  readonly problems: Problem[] = []
  readonly warnings: string[] = []
  readonly #settingsFile: string

  constructor(settingsFile: string) {
    this.#settingsFile = settingsFile
  }

  read(secret: Secret | undefined): string | undefined {
    if (secret === undefined) return undefined
    if (secret.kind === 'text') {
      this.#warnIfOpen(this.#settingsFile)
      return secret.text
    }
    const path = resolve(dirname(this.#settingsFile), secret.path)
    const reading = read(path)
    if (!reading.ok) {
      this.problems.push({ line: secret.line, text: `${path} cannot be read: ${reading.problem}` })
      return undefined
    }
    // Editors and echo end a file with a line feed, which is not part of the secret.
    const text = reading.text.replace(/\r?\n$/, '')
    if (text === '' || /[\r\n]/.test(text)) {
      this.problems.push({ line: secret.line, text: `${path} must have one line, which is the secret` })
      return undefined
    }
    this.#warnIfOpen(path)
    return text
  }

  #warnIfOpen(path: string): void {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0
    const warning = `${path} has a secret and can be read by all users. Run chmod 600 on it.`
    if ((mode & 0o004) !== 0 && !this.warnings.includes(warning)) this.warnings.push(warning)
  }
}
