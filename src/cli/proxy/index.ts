/** `ts-sentinel proxy`: runs a proxy until it is stopped. */
import cluster from 'node:cluster'
import { readFileSync } from 'node:fs'

import { systemErrorText } from '../../text/index.ts'
import { readSettings, type ProxySettings } from '../../proxy/index.ts'
import { startInBackground, takeBackgroundMarker } from '../../daemon/index.ts'
import { PROCESS_OUTPUT, type Output } from '../output.ts'
import { HELP } from './help.ts'
import { serve } from './serve.ts'
import { runWorker } from './worker.ts'

/**
 * Runs the command. Resolves with the exit status: 1 for a wrong configuration and for a failed start, 2 for a wrong
 * call.
 */
export async function runProxy(args: readonly string[], output: Output = PROCESS_OUTPUT): Promise<number> {
  if (cluster.isWorker) return runWorker()
  if (args.some((word) => word === '--help' || word === '-h')) {
    output.print(HELP)
    return 0
  }
  const [first] = args
  if (first === undefined) {
    output.printError('ts-sentinel proxy: no configuration is given.\nTry: ts-sentinel proxy --help\n')
    return 2
  }
  const inBackground = takeBackgroundMarker(process.env)
  const settings = readAll(first.startsWith('--') ? undefined : first, args, output)
  if (settings === undefined) return 1
  if (settings.daemonize && !inBackground) {
    await startInBackground(undefined, process)
    return 0
  }
  return serve(settings, output)
}

/** The settings; undefined when they are wrong, which is printed. */
function readAll(file: string | undefined, args: readonly string[], output: Output): ProxySettings | undefined {
  let text = ''
  try {
    if (file !== undefined) text = readFileSync(file, 'latin1')
  } catch (error) {
    output.printError(`ts-sentinel proxy: cannot read ${file ?? ''}: ${systemErrorText(error)}\n`)
    return undefined
  }
  const read = readSettings({ file, text, options: file === undefined ? args : args.slice(1) })
  if (read.ok) return read.settings
  output.printError(read.problems.map((problem) => `ts-sentinel proxy: ${problem}\n`).join(''))
  return undefined
}
