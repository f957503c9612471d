/** `ts-sentinel check`: reports problems of a configuration file and of what it names. */
import { resolve } from 'node:path'

import { loadTls, TlsProblem } from '../../daemon/index.ts'
import { PROCESS_OUTPUT, type Output } from '../output.ts'
import type { Finding } from './finding.ts'
import { checkFleet } from './fleet-rules.ts'
import { withLines } from './named-lines.ts'
import { checkNodes } from './node-rules.ts'
import { loadFile, type LoadedFile } from './loaded-file.ts'
import type { ProbeMeans } from './node-report.ts'
import { checkLoaded } from './offline-rules.ts'
import { HELP, parseCheckOptions, type CheckOptions } from './options.ts'
import { probeAll } from './probe.ts'
import { exitStatus, jsonText, reportText } from './report-text.ts'
import { checkProxyFile } from './proxy-file.ts'
import { checkSettings, settingsProblems, type CheckedSettings } from './settings-rules.ts'
import { tlsObstacle } from './tls-rules.ts'
import { checkPlacement } from './zone-rules.ts'

/** Runs the check. Resolves with the exit status. */
export async function check(args: readonly string[], output: Output = PROCESS_OUTPUT): Promise<number> {
  let options: CheckOptions
  try {
    options = parseCheckOptions(args)
  } catch (error) {
    output.printError(`ts-sentinel check: ${error instanceof Error ? error.message : String(error)}\nTry: ts-sentinel check --help\n`)
    return 2
  }
  if (options.help) {
    output.print(HELP)
    return 0
  }
  const { files, ...how } = options
  const results = await Promise.all(files.map((file) => checkFile(file, how)))
  const unreadable = results.flatMap((result, at) => typeof result === 'string' ? [`${files[at] ?? ''} cannot be read: ${result}`] : [])
  if (unreadable.length > 0) {
    output.printError(unreadable.map((line) => `ts-sentinel check: ${line}\n`).join(''))
    return 2
  }
  const checked = results.filter((result) => typeof result !== 'string')
  const findings = [
    ...checked.flatMap((result) => result.findings),
    ...checkFleet(checked.map(({ loaded }) => loaded).filter((loaded) => loaded !== undefined)),
  ]
  output.print(options.json ? jsonText(options, findings) : reportText(options, findings))
  return exitStatus(findings)
}

type How = Pick<CheckOptions, 'settings' | 'offline' | 'admin' | 'tls'>

type FileAndHow = How & { readonly file: string }

/** The findings, or the reason why the file cannot be read. */
export async function findingsOf({ file, ...how }: FileAndHow): Promise<readonly Finding[] | string> {
  const result = await checkFile(file, how)
  return typeof result === 'string' ? result : result.findings
}

interface CheckedFile {
  readonly findings: readonly Finding[]
  /** Undefined for a file that does not load, and for that of a proxy. */
  readonly loaded: LoadedFile | undefined
}

async function checkFile(file: string, { settings: settingsFile, ...how }: How): Promise<CheckedFile | string> {
  const loading = loadFile(file)
  const files = { configFile: resolve(file), settings: settingsFile }
  switch (loading.kind) {
    case 'unreadable':
      return loading.problem
    case 'proxy':
      return { findings: await checkProxyFile(file, loading.text, how), loaded: undefined }
    case 'refused':
      return { findings: [...loading.findings, ...await settingsProblems(files)], loaded: undefined }
    case 'loaded': {
      const settings = await checkSettings(loading.file, files)
      const findings = [...checkLoaded(settings.file), ...settings.findings, ...await networkFindings(settings, how)]
      return { findings, loaded: settings.file }
    }
  }
}

async function networkFindings(
  settings: CheckedSettings, { offline, admin, tls: given }: Pick<CheckOptions, 'offline' | 'admin' | 'tls'>,
): Promise<Finding[]> {
  const { file } = settings
  // Given files come first: those of the configuration may be of the machine where the sentinel runs.
  if (given !== undefined) return nodeFindings(settings, offline ? undefined : { tls: given, admin })
  const tls = loadTls(file.config.settings)
  if (tls instanceof TlsProblem) return [tlsObstacle(file, tls.lines)]
  return nodeFindings(settings, offline ? undefined : { tls: tls.outgoing, admin })
}

/** `means`: undefined where no node may be asked. */
async function nodeFindings({ file, protection }: CheckedSettings, means: ProbeMeans | undefined): Promise<Finding[]> {
  const probe = means === undefined ? undefined : await probeAll(file, means)
  return [
    ...probe === undefined ? [] : withLines(checkNodes(probe, file.place('sentinel', 'announce-ip')), file),
    ...protection === undefined ? [] : checkPlacement(file, protection, probe),
  ]
}
