/** `ts-sentinel check`: reports problems of a configuration file and of the nodes it names. */
import { resolve } from 'node:path'

import { loadTls } from '../../daemon/index.ts'
import { PROCESS_OUTPUT, type Output } from '../output.ts'
import { finding, type Finding } from './finding.ts'
import { checkNodes } from './node-rules.ts'
import { loadFile, type LoadedFile } from './loaded-file.ts'
import { checkLoaded } from './offline-rules.ts'
import { HELP, parseCheckOptions, type CheckOptions } from './options.ts'
import { probeAll } from './probe.ts'
import { checkProtection } from './protection-rules.ts'
import { exitStatus, jsonText, reportText } from './report-text.ts'

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
  const findings = await findingsOf(options)
  if (typeof findings === 'string') {
    output.printError(`ts-sentinel check: ${options.file} cannot be read: ${findings}\n`)
    return 2
  }
  output.print(options.json ? jsonText(options, findings) : reportText(options, findings))
  return exitStatus(findings)
}

/** The findings, or the reason why the file cannot be read. */
export async function findingsOf(
  { file, ...how }: Pick<CheckOptions, 'file' | 'offline' | 'admin'>,
): Promise<readonly Finding[] | string> {
  const loading = loadFile(file)
  switch (loading.kind) {
    case 'unreadable':
      return loading.problem
    case 'refused':
      return [loading.finding]
    case 'loaded':
      return [
        ...checkLoaded(loading.file), ...await checkProtection(loading.file, resolve(file)),
        ...await networkFindings(loading.file, how),
      ]
  }
}

async function networkFindings(
  file: LoadedFile, { offline, admin }: Pick<CheckOptions, 'offline' | 'admin'>,
): Promise<Finding[]> {
  const tls = loadTls(file.config.settings)
  if (tls.obstacles.length > 0) {
    return [finding('error', 'tls-files', file.place('tls-cert-file'), [
      `TLS cannot be set up: ${tls.obstacles.join(' ')}`, 'correct the tls- lines; the program does not start until then',
    ])]
  }
  return offline ? [] : checkNodes(await probeAll(file, { tls: tls.outgoing, admin }))
}
