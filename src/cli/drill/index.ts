/** The entry point of the drill for the command line. */
import { realpathSync } from 'node:fs'

import { visibleLines } from '../../text/index.ts'
import { PROCESS_OUTPUT } from '../output.ts'
import { usesColour } from '../../text/index.ts'
import { askAtTerminal } from '../terminal.ts'
import { runDrill } from './run-drill.ts'

const COLOUR = /(\u001b\[\d+m)/

export function drill(args: readonly string[]): Promise<number> {
  return runDrill(args, {
    ...PROCESS_OUTPUT,
    print: (text) => { process.stdout.write(text.split(COLOUR).map((part) => COLOUR.test(part) ? part : visibleLines(part)).join('')) },
    environment: process.env,
    program: ownProgram(),
    isColoured: usesColour(process.stdout, process.env),
    ask: process.stdin.isTTY ? askAtTerminal : undefined,
  })
}

/** Path of the program that was started: the drill tests the installed program. */
function ownProgram(): string | undefined {
  const [, started] = process.argv
  return started === undefined ? undefined : realpathSync(started)
}
