/** The common part of the tools that act on a fleet: help, errors, the confirmation, the exit status. */
import type {
  ForgetDocument, PauseDocument, ResumeDocument, ScheduleDocument, SwitchDocument,
} from '../../documents/index.ts'
import { UsageError, ToolFailure } from '../connection/errors.ts'
import { momentText } from '../local-time.ts'
import { NodeUnreachable } from '../node-client/node-client.ts'
import type { Output } from '../output.ts'
import { findFleet, type Fleet } from './fleet.ts'
import { parseFleetToolOptions, type FleetToolName, type FleetToolOptions } from './options.ts'

/** Output and input of these tools. Tests pass their own. */
export interface FleetToolWorld extends Output {
  /** Asks a question on the terminal; undefined when there is no terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined
  /** The time of day, in Unix milliseconds. */
  readonly now: () => number
}

/** 0: all sentinels did it and show it. */
export const EXIT_DONE = 0
/** It was ordered, and not every sentinel did it or shows it. */
export const EXIT_PARTLY = 1
/** Wrong usage, or the sentinel cannot be reached. Nothing was changed. */
export const EXIT_TROUBLE = 2
/** It is not possible, or it was not confirmed. Nothing was changed. */
export const EXIT_UNCHANGED = 3

/** It is not possible or not wanted, and nothing was changed. The message has the reason. */
export class NothingChanged extends Error {
  override readonly name = 'NothingChanged'
}

type ToolDocument = PauseDocument | ResumeDocument | ForgetDocument | SwitchDocument | ScheduleDocument

/** What a tool reports at its end. */
export interface ToolResult {
  readonly status: typeof EXIT_DONE | typeof EXIT_PARTLY
  readonly text: string
  /** For `--json`. */
  readonly document: ToolDocument
}

export interface ToolContext {
  readonly fleet: Fleet
  /** Prints a text before the end; nothing with `--json`. */
  readonly progress: (text: string) => void
  /** Returns when it is confirmed. @throws NothingChanged */
  readonly confirm: (question: string) => Promise<void>
  readonly now: () => number
  /** A moment in Unix milliseconds as text, in local time or in UTC. */
  readonly moment: (unixMs: number) => string
}

export interface FleetTool<Request> {
  readonly name: FleetToolName
  readonly help: string
  /** What the arguments ask for. @throws UsageError */
  readonly request: (options: FleetToolOptions, now: number) => Request
  /** @throws NothingChanged, ToolFailure, NodeUnreachable */
  readonly run: (request: Request, context: ToolContext) => Promise<ToolResult>
}

/** Resolves with the exit status. */
export async function runFleetTool<Request>(
  tool: FleetTool<Request>, args: readonly string[], world: FleetToolWorld,
): Promise<number> {
  try {
    const options = parseFleetToolOptions(tool.name, args)
    if (options === 'help') {
      world.print(tool.help)
      return EXIT_DONE
    }
    const { status, text, document } = await runOn(tool, options, world)
    world.print(options.json ? `${JSON.stringify(document, undefined, 2)}\n` : text)
    return status
  } catch (error) {
    return reportError(tool.name, error, world)
  }
}

async function runOn<Request>(
  tool: FleetTool<Request>, options: FleetToolOptions, world: FleetToolWorld,
): Promise<ToolResult> {
  const request = tool.request(options, world.now())
  const fleet = await findFleet(options.connection, options.master)
  try {
    return await tool.run(request, {
      fleet,
      progress: (text) => { if (!options.json) world.print(text) },
      confirm: (question) => confirm(question, options, world),
      now: world.now,
      moment: (unixMs) => momentText(unixMs, options),
    })
  } finally {
    fleet.close()
  }
}

async function confirm(question: string, { yes }: FleetToolOptions, { ask }: FleetToolWorld): Promise<void> {
  if (yes) return
  if (ask === undefined) {
    throw new NothingChanged('there is no terminal to confirm it on: give --yes to do it without a question. Nothing was changed.')
  }
  const answer = await ask(`${question} Type yes to continue: `)
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new NothingChanged('not confirmed. Nothing was changed.')
}

function reportError(name: FleetToolName, error: unknown, world: FleetToolWorld): number {
  if (error instanceof UsageError) {
    world.printError(`ts-sentinel ${name}: ${error.message}\nTry: ts-sentinel ${name} --help\n`)
    return EXIT_TROUBLE
  }
  const isExpected = error instanceof NothingChanged || error instanceof ToolFailure || error instanceof NodeUnreachable
  if (!isExpected) throw error
  world.printError(`ts-sentinel ${name}: ${error.message}\n`)
  return error instanceof NothingChanged ? EXIT_UNCHANGED : EXIT_TROUBLE
}
