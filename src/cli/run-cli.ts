/** The command line: evaluates the arguments of `ts-sentinel` (config.md 1.2, 1.3). */
import { statSync } from 'node:fs'
import { readCommandLine, TEST_MEMORY_USAGE, USAGE, versionLine } from '../config/index.ts'
import { BUILD_FACTS, runDaemon } from '../daemon/index.ts'
import { PROCESS_OUTPUT, type Output } from './output.ts'
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
  const subcommand = first === undefined || isFile(first) ? undefined : findSubcommand(first)
  if (subcommand !== undefined) return subcommand(args.slice(1))

  const commandLine = readCommandLine(program, args)
  switch (commandLine.action) {
    case 'version':
      world.print(versionLine(BUILD_FACTS))
      return 0
    case 'help':
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

/** A folder of that name cannot be loaded as a configuration. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false
}
