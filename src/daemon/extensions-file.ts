/**
 * Finds and reads ts-sentinel.ini, the file for settings that the original does not have. Without such a file the
 * module that parses it is not loaded.
 */
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { globMatch, protectionOfAll, type ProtectionSettings } from '../core/index.ts'
import { CATALOG } from '../events/index.ts'
import type { HttpSettings, IniEntry, WebhookSettings } from '../extensions/index.ts'
import { systemErrorText } from '../text/index.ts'
import { NO_SECRETS, type Secrets } from './secrets.ts'
import { SecretReader, type SettingsProblem } from './secret-reader.ts'

/** Name of the file beside sentinel.conf that is read when the command line names no settings file. */
export const SETTINGS_FILE_NAME = 'ts-sentinel.ini'

/** What HTTP requests must carry: for reading, and for actions. */
export interface HttpTokens {
  readonly token: string | undefined
  readonly actionsToken: string | undefined
}

/** The settings of ts-sentinel.ini, with tokens and secrets read from their files. */
export interface Extensions {
  readonly http: (Omit<HttpSettings, 'token' | 'actionsToken'> & HttpTokens) | undefined
  readonly logFormat: 'redis' | 'json'
  readonly webhooks: readonly (Omit<WebhookSettings, 'secret'> & { readonly secret: string | undefined })[]
  /** How failures of masters are judged. */
  readonly protection: ProtectionSettings
  /** Passwords that sentinel.conf does not have. */
  readonly secrets: Secrets
  /** The keys of the file, for a comparison with a later version of it. */
  readonly entries: readonly IniEntry[]
  /** Files with secrets that all users can read. */
  readonly openFiles: readonly string[]
  /** Log lines about problems that do not prevent the start. */
  readonly warnings: readonly string[]
}

/** The settings when there is no file. */
export const NO_EXTENSIONS: Extensions = Object.freeze({
  http: undefined, logFormat: 'redis' as const, webhooks: [], protection: protectionOfAll(), secrets: NO_SECRETS, entries: [], openFiles: [],
  warnings: [],
})

export type ExtensionsLoaded =
  | { readonly ok: true, readonly extensions: Extensions }
  /** `text` is for standard error and has line ends; `problems` are those in it, of the file at `path`. */
  | { readonly ok: false, readonly text: string, readonly path: string, readonly problems: readonly SettingsProblem[] }

export interface SettingsPlace {
  /** The value of `--settings`; undefined for the file beside sentinel.conf, which may be missing. */
  readonly settingsPath: string | undefined
  /** Working directory at the start of the process. A `dir` line may have changed it since. */
  readonly startDirectory: string
  /** Absolute path of sentinel.conf. */
  readonly configFile: string
  /** Default: the environment of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

export async function loadExtensions(place: SettingsPlace): Promise<ExtensionsLoaded> {
  const { settingsPath, environment = process.env } = place
  const path = settingsFileOf(place)
  const reading = read(path)
  if (!reading.ok) {
    // Without `--settings` the file beside sentinel.conf may be missing. If it exists, it must be readable.
    if (settingsPath === undefined && reading.isMissing) return { ok: true, extensions: NO_EXTENSIONS }
    return failure(path, [{ line: 0, text: `the file cannot be read: ${reading.problem}` }])
  }
  const { parseExtensions } = await import('../extensions/index.ts')
  const parsed = parseExtensions(reading.text, { isEventPattern })
  if (!parsed.ok) return failure(path, parsed.problems)
  const { http, log, webhooks, protection, secrets } = parsed.settings
  const reader = new SecretReader(path, environment)
  const extensions: Extensions = {
    http: http && { ...http, token: reader.read(http.token), actionsToken: reader.read(http.actionsToken) },
    logFormat: log.format,
    webhooks: webhooks.map((webhook) => ({ ...webhook, secret: reader.read(webhook.secret) })),
    protection,
    secrets: reader.readAll(secrets),
    entries: parsed.entries,
    openFiles: reader.openFiles,
    warnings: reader.openFiles.map((file) => `${file} has a secret and can be read by all users. Run chmod 600 on it.`),
  }
  return reader.problems.length === 0 ? { ok: true, extensions } : failure(path, reader.problems)
}

/** The absolute path of the settings file, which may be missing. */
export function settingsFileOf({ settingsPath, startDirectory, configFile }: SettingsPlace): string {
  return settingsPath === undefined
    ? join(dirname(configFile), SETTINGS_FILE_NAME) : resolve(startDirectory, settingsPath)
}

function isEventPattern(pattern: string): boolean {
  return Object.keys(CATALOG).some((name) => globMatch(pattern, name))
}

function failure(path: string, problems: readonly SettingsProblem[]): ExtensionsLoaded {
  const lines = problems.map(({ line, text }) => `${path}${line === 0 ? '' : `:${line}`}: ${text}`)
  return { ok: false, text: ['', '*** FATAL SETTINGS FILE ERROR ***', ...lines, ''].join('\n'), path, problems }
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
