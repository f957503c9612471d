/** The entry point of the harness for the command line. */
import { UsageError } from '../connection/errors.ts'
import { PROCESS_OUTPUT } from '../output.ts'
import { HELP } from './help.ts'
import type { HarnessWorld } from './harness-world.ts'
import { parseHarnessOptions, type HarnessOptions } from './options.ts'
import { HARNESS_FAILED, runTool } from './run-tool.ts'
import { serveTool } from './serve-tool.ts'
import { PROCESS_SIGNALS } from './signals.ts'

const PROCESS_WORLD: HarnessWorld = {
  ...PROCESS_OUTPUT,
  writeLine: (line) => { process.stdout.write(line.endsWith('\n') ? line : `${line}\n`) },
  input: () => process.stdin,
  signals: PROCESS_SIGNALS,
  exit: (status) => { process.exit(status) },
}

/** Runs `ts-sentinel harness`. Resolves with the exit status. */
export async function harnessTool(args: readonly string[], world: HarnessWorld = PROCESS_WORLD): Promise<number> {
  let options: HarnessOptions
  try {
    options = parseHarnessOptions(args)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    world.printError(`ts-sentinel harness: ${error.message}\nTry: ts-sentinel harness --help\n`)
    return args[0] === 'run' ? HARNESS_FAILED : 2
  }
  switch (options.kind) {
    case 'help':
      world.print(HELP)
      return 0
    case 'run': return runTool(options, world)
    case 'serve': return serveTool(options, world)
  }
}
