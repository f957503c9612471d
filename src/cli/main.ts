/** The command line: what `ts-sentinel` does with its arguments (config.md 1.2, 1.3). */
import { existsSync } from 'node:fs'
import { readCommandLine, TEST_MEMORY_USAGE, USAGE, versionLine } from '../config/index.ts'
import { BUILD_FACTS, runDaemon } from '../daemon/index.ts'
import { findSubcommand } from './subcommands.ts'

process.exit(await main(process.argv[1] ?? '', process.argv.slice(2)))

/** Resolves with the exit status. */
async function main(program: string, args: readonly string[]): Promise<number> {
  const [first] = args
  // A file may have the name of a subcommand; what worked with the genuine program goes on working.
  const subcommand = first === undefined || existsSync(first) ? undefined : findSubcommand(first)
  if (subcommand !== undefined) return subcommand(args.slice(1))

  const commandLine = readCommandLine(program, args)
  switch (commandLine.action) {
    case 'version':
      process.stdout.write(versionLine(BUILD_FACTS))
      return 0
    case 'help':
      process.stderr.write(USAGE)
      return 1
    case 'test-memory':
      process.stderr.write(commandLine.megabytes === undefined
        ? TEST_MEMORY_USAGE
        : 'ts-sentinel has no memory test. Use a program made for it, such as memtester.\n')
      return 1
    case 'check-system':
      process.stdout.write('ts-sentinel depends on no setting of the system: nothing to check.\n')
      return 0
    case 'run':
      return runDaemon(commandLine)
  }
}
