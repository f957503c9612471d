/** The common part of the three tools: help, usage errors, the connection, the exit status. */
import { readFileSync } from 'node:fs'

import { addressText } from '../../explain/index.ts'
import { NodeClient, NodeUnreachable } from '../node-client/node-client.ts'
import { errorOf } from '../node-client/reply-reading.ts'
import { PROCESS_OUTPUT, type Output } from '../output.ts'
import { parseToolOptions, UsageError, type ToolOptions } from './options.ts'

/** Output of a tool. */
export interface ToolOutput extends Output {
  readonly isTerminal: boolean
  /** Clears the terminal and moves to its top. */
  readonly clearScreen: () => void
}

/** An answer of the sentinel that the tool cannot use. */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure'
}

export const EXIT_TROUBLE = 2

const CLEAR_SCREEN = '\u001b[H\u001b[2J'

export interface Tool {
  readonly name: string
  readonly help: string
  /** Runs the tool. Resolves with the exit status. @throws ToolFailure, UsageError, NodeUnreachable */
  readonly run: (client: NodeClient, options: ToolOptions, output: ToolOutput) => Promise<number>
}

const PROCESS_TOOL_OUTPUT: ToolOutput = {
  ...PROCESS_OUTPUT,
  isTerminal: process.stdout.isTTY,
  clearScreen: () => { process.stdout.write(CLEAR_SCREEN) },
}

export async function runTool(
  tool: Tool, args: readonly string[], output: ToolOutput = PROCESS_TOOL_OUTPUT,
): Promise<number> {
  try {
    const options = parseToolOptions(args)
    if (options.help) {
      output.print(tool.help)
      return 0
    }
    return await withSentinel(options, (client) => tool.run(client, options, output))
  } catch (error) {
    if (error instanceof UsageError) {
      output.printError(`ts-sentinel ${tool.name}: ${error.message}\nTry: ts-sentinel ${tool.name} --help\n`)
    } else if (error instanceof ToolFailure || error instanceof NodeUnreachable) {
      output.printError(`ts-sentinel ${tool.name}: ${error.message}\n`)
    } else {
      throw error
    }
    return EXIT_TROUBLE
  }
}

async function withSentinel(options: ToolOptions, use: (client: NodeClient) => Promise<number>): Promise<number> {
  const where = addressText(options)
  const client = await NodeClient.open({ ...options, tls: tlsOf(options) }).catch((error: unknown) => {
    throw error instanceof NodeUnreachable ? new NodeUnreachable(`${where} cannot be reached: ${error.message}`) : error
  })
  try {
    await logIn(client, options)
    return await use(client)
  } catch (error) {
    if (error instanceof ToolFailure) throw new ToolFailure(`${where}: ${error.message}`)
    throw error instanceof NodeUnreachable ? new NodeUnreachable(`${where}: ${error.message}`) : error
  } finally {
    client.close()
  }
}

function tlsOf({ tls, caFile }: ToolOptions) {
  if (!tls) return undefined
  try {
    // The chain must be trusted, as for links. Names are not compared, because sentinels are known by addresses.
    return { ...caFile === undefined ? {} : { ca: readFileSync(caFile) }, checkServerIdentity: () => undefined }
  } catch (error) {
    throw new UsageError(`--cacert ${caFile ?? ''} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function logIn(client: NodeClient, { user, password }: ToolOptions): Promise<void> {
  if (password === undefined) return
  const problem = errorOf(await client.call('AUTH', ...user === undefined ? [] : [user], password))
  if (problem !== undefined) throw new ToolFailure(`the login was refused: "${problem}"`)
}
