/** The command line: evaluates the arguments of `ts-sentinel` (config.md 1.2, 1.3). */
import { statSync } from 'node:fs'
import { basename } from 'node:path'

import { readCommandLine, TEST_MEMORY_USAGE, USAGE } from '../config/index.ts'
import { runDaemon } from '../daemon/index.ts'
import { allowUnreadOutput, PROCESS_OUTPUT, type Output } from './output.ts'
import { helpTool, meantTool, overviewText, versionText } from './overview.ts'
import { findSubcommand } from './subcommands.ts'

/** Output, and the function that runs a sentinel. Tests pass their own. */
export interface CliWorld extends Output {
  readonly runDaemon: typeof runDaemon
}

const PROCESS_WORLD: CliWorld = {
  ...PROCESS_OUTPUT,
  runDaemon,
}

/** `program` is the name by which the program was started. Resolves with the exit status. */
export async function runCli(
  program: string, args: readonly string[], world: CliWorld = PROCESS_WORLD,
): Promise<number> {
  const [first] = args
  // A file may have the name of a subcommand. Then the file is loaded, as by the genuine program.
  if (first !== undefined && !isFile(first)) {
    const tool = first === 'help' ? (rest: readonly string[]) => helpTool(rest, world) : findSubcommand(first)?.run
    if (tool !== undefined) {
      if (world === PROCESS_WORLD) allowUnreadOutput()
      return tool(args.slice(1))
    }
    const meant = meantTool(first)
    if (meant !== undefined) {
      world.printError(`ts-sentinel: ${JSON.stringify(first)} is neither a file nor a tool. Did you mean: ts-sentinel ${meant}?\n`)
      return 1
    }
  }

  const commandLine = readCommandLine(program, args)
  switch (commandLine.action) {
    case 'version':
      world.print(versionText())
      return 0
    case 'help':
      if (isOwnName(program)) {
        world.print(overviewText())
        return 0
      }
      // Under the name of the original, its text alone, on its stream and with its status.
      world.printError(USAGE)
      return 1
    case 'test-memory':
      world.printError(commandLine.megabytes === undefined
        ? TEST_MEMORY_USAGE
        : 'ts-sentinel has no memory test. Use a program made for it, such as memtester.\n')
      return 1
    case 'check-system':
      world.print('ts-sentinel depends on no setting of the system; there is nothing to check.\n')
      return 0
    case 'run':
      return world.runDaemon(commandLine)
  }
}

/** Whether the program was started by our name, not by that of the original (a link to it, as packages make). */
function isOwnName(program: string): boolean {
  return basename(program).includes('ts-sentinel')
}

/** A folder of that name cannot be loaded as a configuration. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false
}
