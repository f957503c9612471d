import { pathToFileURL } from 'node:url'

/** A program with its arguments and environment. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  /** Variables in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** What the user should do when the program does not exist; added to the error. */
  readonly ifMissing?: string
}

/** Whether a command runs a script with the Node of this process. */
export function isNode(command: Command): boolean {
  return command.file === process.execPath
}

/** The variable with which Node loads a module (`--import`) before the program, after those of `nodeOptions`. */
export function preloading(module: string, nodeOptions = process.env['NODE_OPTIONS'] ?? ''): { readonly NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `${nodeOptions} --import="${pathToFileURL(module).href}"`.trim() }
}
