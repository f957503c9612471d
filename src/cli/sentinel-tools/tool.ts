/** The common part of the three tools: help, usage errors, output, the exit status. */
import { visibleText } from '../../text/index.ts'
import { ToolFailure, UsageError } from '../connection/errors.ts'
import { loadLogin } from '../connection/open-client.ts'
import { colouredText, plainText, type Line } from '../lines.ts'
import { NodeUnreachable } from '../node-client/node-client.ts'
import { PROCESS_OUTPUT, type Output } from '../output.ts'
import { terminalOf, type Terminal } from '../terminal.ts'
import { FleetReader } from './fleet-reader.ts'
import { parseToolOptions, type SentinelToolName, type ToolOptions } from './options.ts'

/** Output of a tool. Tests pass their own. */
export interface ToolOutput extends Output {
  /** Undefined when the output goes to a file or another program. */
  readonly terminal: Terminal | undefined
  /**
   * Calls `end` with the exit status when the user interrupts the tool, which does not end the process then. The result
   * ends that.
   */
  readonly onInterrupt: (end: (status: number) => void) => () => void
}

export const EXIT_TROUBLE = 2

export interface ToolContext {
  readonly options: ToolOptions
  readonly output: ToolOutput
  /** Asks about one master, or about all. */
  readonly reader: (master?: string) => FleetReader
}

export interface Tool {
  readonly name: SentinelToolName
  readonly help: string
  /** Runs the tool. Resolves with the exit status. @throws ToolFailure, UsageError, NodeUnreachable */
  readonly run: (context: ToolContext) => Promise<number>
}

/** The signals that end a tool, with the exit status that a shell gives for them. */
const INTERRUPTS: readonly (readonly [signal: NodeJS.Signals, status: number])[] = [
  ['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129],
]

const PROCESS_TOOL_OUTPUT: ToolOutput = {
  ...PROCESS_OUTPUT,
  terminal: terminalOf(process.stdout, process.env),
  onInterrupt: (end) => {
    const listeners = INTERRUPTS.map(([signal, status]) => [signal, () => { end(status) }] as const)
    for (const [signal, listener] of listeners) process.on(signal, listener)
    return () => { for (const [signal, listener] of listeners) process.off(signal, listener) }
  },
}

export async function runTool(
  tool: Tool, args: readonly string[], output: ToolOutput = processOutput(),
): Promise<number> {
  const readers: FleetReader[] = []
  try {
    const options = parseToolOptions(tool.name, args)
    if (options === 'help') {
      output.print(tool.help)
      return 0
    }
    const login = loadLogin(options.connection.login)
    const reader = (master?: string): FleetReader => {
      const opened = new FleetReader(options.connection, login, { onlyOne: options.one, master })
      readers.push(opened)
      return opened
    }
    return await tool.run({ options, output, reader })
  } catch (error) {
    return reportError(tool.name, error, output)
  } finally {
    for (const reader of readers) reader.close()
  }
}

/** With colours where the terminal has them. */
export function printLines(lines: readonly Line[], { print, terminal }: ToolOutput): void {
  if (terminal?.usesColour !== true) print(plainText(lines))
  else terminal.write(lines.map((line) => `${colouredText({ ...line, text: visibleText(line.text) })}\n`).join(''))
}

/** These tools change nothing: where their output is not read any more (`| head`), there is nothing left to do. */
export function processOutput(): ToolOutput {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Other errors are thrown by the listener of all tools.
    if (error.code === 'EPIPE') process.exit(0)
  })
  return PROCESS_TOOL_OUTPUT
}

/** Prints an error of a tool. Returns the exit status. @throws an error that is not one of the tools */
export function reportError(name: SentinelToolName, error: unknown, output: ToolOutput): number {
  if (error instanceof UsageError) {
    output.printError(`ts-sentinel ${name}: ${error.message}\nTry: ts-sentinel ${name} --help\n`)
  } else if (error instanceof ToolFailure || error instanceof NodeUnreachable) {
    output.printError(`ts-sentinel ${name}: ${error.message}\n`)
  } else {
    throw error
  }
  return EXIT_TROUBLE
}
