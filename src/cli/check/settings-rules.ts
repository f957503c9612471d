/** Rules about ts-sentinel.ini beside the file that is checked, and about the secrets that it names. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import type { ProtectionSettings } from '../../core/index.ts'
import {
  configWithSecrets, loadExtensions, SETTINGS_FILE_NAME, type Extensions, type ExtensionsLoaded,
} from '../../daemon/index.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'
import { checkProtection } from './protection-rules.ts'

export interface CheckedSettings {
  readonly findings: readonly Finding[]
  /** The file with the secrets that the program would use. */
  readonly file: LoadedFile
  /** Undefined for a settings file with mistakes. */
  readonly protection: ProtectionSettings | undefined
}

/** Where the settings are: `configFile` is absolute, `settings` is the value of `--settings`. */
export interface SettingsFiles {
  readonly configFile: string
  readonly settings: string | undefined
}

function load({ configFile, settings }: SettingsFiles): ReturnType<typeof loadExtensions> {
  return loadExtensions({ settingsPath: settings, startDirectory: process.cwd(), configFile })
}

/** Findings about the settings beside a file that does not load. */
export async function settingsProblems(files: SettingsFiles): Promise<readonly Finding[]> {
  const loaded = await load(files)
  return loaded.ok ? [] : problemFindings(loaded)
}

export async function checkSettings(file: LoadedFile, files: SettingsFiles): Promise<CheckedSettings> {
  const loaded = await load(files)
  if (!loaded.ok) return { file, protection: undefined, findings: problemFindings(loaded) }
  const { protection, openFiles, secrets, http } = loaded.extensions
  const path = files.settings ?? join(dirname(files.configFile), SETTINGS_FILE_NAME)
  return {
    protection,
    file: { ...file, config: configWithSecrets(file.config, secrets) },
    findings: [
      ...checkProtection(file, protection), ...unknownMasters(file, loaded.extensions, path),
      ...samePort(file, http, path),
      ...openFiles.map((open) => finding('warning', 'secret-open', open, [
        'the file has a secret, and all users can read it', 'run chmod 600 on it, and make the user of the sentinel its owner',
      ])),
    ],
  }
}

function problemFindings({ path, problems }: Extract<ExtensionsLoaded, { ok: false }>): Finding[] {
  return problems.map(({ line, text, variable }) => (
    variable === undefined
      ? finding('error', 'settings-file', placeOf(path, line), [text, 'correct this; the program does not start until then'])
      : unknownVariable(variable, placeOf(path, line))
  ))
}

/** Sections of masters that the file does not monitor: a misspelt name leaves a master without its settings. */
function unknownMasters({ config }: LoadedFile, { entries }: Extensions, path: string): Finding[] {
  const names = config.durable.masters.map(({ name }) => name)
  const sections = new Set(entries.map(({ section }) => /^\[master (.+)\]$/.exec(section)?.[1]).filter((name) => name !== undefined))
  if (names.length === 0) return []
  return [...sections].filter((name) => !names.includes(name)).map((name) => finding('warning', 'settings-unknown-master', lineIn(path, `[master ${name}]`), [
    `the section [master ${name}] is for a master that sentinel.conf does not monitor: it has no effect`,
    `write the name of a monitored master (${names.join(', ')}), or remove the section`,
  ]))
}

function samePort({ config: { settings: { port, tlsPort } } }: LoadedFile, http: Extensions['http'], path: string): Finding[] {
  return http === undefined || ![port, tlsPort].includes(http.port) ? [] : [finding('error', 'http-port-in-use', lineIn(path, 'listen'), [
    `[http] listens on port ${http.port}, which is the port of the sentinel itself: one of the two cannot listen`,
    'write another port in listen, such as 26380',
  ])]
}

/** The first line of the settings file that begins with this text, as `file:line`; the file where none does. */
function lineIn(path: string, start: string): string {
  const at = readFileSync(path, 'utf8').split('\n').findIndex((line) => line.trimStart().startsWith(start))
  return placeOf(path, at + 1)
}

/** The service may have a variable that this check has not. */
function unknownVariable(variable: string, where: string): Finding {
  return finding('warning', 'secret-not-in-environment', where, [
    `the environment variable ${variable} is not set for this check, so nodes that need its secret refuse the check`,
    'run the check with the environment of the service; without the variable the program does not start',
  ])
}

function placeOf(path: string, line: number): string {
  return line === 0 ? path : `${path}:${line}`
}
