/** What the program prints about itself and its tools. */
import { USAGE, versionLine } from '../config/index.ts'
import { BUILD_FACTS, PACKAGE_VERSION } from '../daemon/index.ts'
import { nearestWord } from '../text/index.ts'
import { findSubcommand, SUBCOMMANDS } from './subcommands.ts'
import type { Output } from './output.ts'

/** The first line is that of the original, which scripts parse; the second is ours. */
export function versionText(): string {
  return `${versionLine(BUILD_FACTS)}ts-sentinel v=${PACKAGE_VERSION} node=${process.version} compatible-with=Redis-${BUILD_FACTS.version}\n`
}

/** The text of `ts-sentinel --help`: the tools first, then the usage of the original. */
export function overviewText(): string {
  return `ts-sentinel ${PACKAGE_VERSION}: high availability for Redis, compatible with redis-sentinel ${BUILD_FACTS.version}

Usage: ts-sentinel FILE [--settings INI] [--directive value ...]    run a sentinel with this sentinel.conf
       ts-sentinel TOOL ...                                         run a tool

Tools:
${[...SUBCOMMANDS].map(([name, { summary }]) => `  ${name.padEnd(10)}  ${summary}\n`).join('')}
ts-sentinel help TOOL prints the options and examples of a tool, ts-sentinel --version the versions, and man ts-sentinel the
manual.

Examples:
  ts-sentinel /etc/redis/sentinel.conf
  ts-sentinel check /etc/redis/sentinel.conf
  ts-sentinel status 127.0.0.1:26379 --watch
  ts-sentinel explain 127.0.0.1:26379 mymaster

The usage of the original, whose options are understood as well:

${USAGE}`
}

/** `ts-sentinel help [TOOL]`. Resolves with the exit status. */
export async function helpTool([tool]: readonly string[], output: Output): Promise<number> {
  const subcommand = tool === undefined ? undefined : findSubcommand(tool)
  if (subcommand !== undefined) return subcommand.run(['--help'])
  if (tool === undefined || tool === 'help') {
    output.print(overviewText())
    return 0
  }
  output.printError(`ts-sentinel help: there is no tool ${JSON.stringify(tool)}${suggestion(tool)}\n`
    + `The tools are ${[...SUBCOMMANDS.keys()].join(', ')}.\n`)
  return 2
}

function suggestion(word: string): string {
  const nearest = nearestWord(word, [...SUBCOMMANDS.keys()])
  return nearest === undefined ? '' : `; ${nearest} is near`
}

/** The name of a tool that a word, which is neither a file nor a tool, probably means. */
export function meantTool(word: string): string | undefined {
  return nearestWord(word, [...SUBCOMMANDS.keys(), 'help'])
}
