/** Prints a picture every second until the user interrupts it. */
import { plainText, type Line } from '../lines.ts'
import { Screen } from './screen.ts'
import type { ToolOutput } from './tool.ts'

const WATCH_PERIOD_MS = 1000

/**
 * On a terminal in place; otherwise one picture after the other, with an empty line between. Resolves with the exit
 * status.
 */
export async function watch(picture: () => Promise<readonly Line[]>, output: ToolOutput): Promise<number> {
  const { terminal } = output
  const screen = terminal === undefined ? undefined : new Screen(terminal)
  return untilInterrupted(output, async () => {
    const lines = await picture()
    return () => {
      if (screen === undefined) output.print(`${plainText(lines)}\n`)
      else screen.draw(lines)
    }
  }, () => screen?.end())
}

/** One line each time, whatever the output is. */
export async function watchJson(document: () => Promise<unknown>, output: ToolOutput): Promise<number> {
  return untilInterrupted(output, async () => {
    const text = JSON.stringify(await document())
    return () => { output.print(`${text}\n`) }
  }, () => undefined)
}

/** Also a step that waits for a sentinel is left at once. */
async function untilInterrupted(
  output: ToolOutput, step: () => Promise<() => void>, end: () => void,
): Promise<number> {
  let interrupt: (status: number) => void = () => undefined
  const interrupted = new Promise<number>((resolve) => { interrupt = resolve })
  const stopListening = output.onInterrupt(interrupt)
  let timer: NodeJS.Timeout | undefined
  try {
    for (;;) {
      const done = await Promise.race([interrupted, step()])
      if (typeof done === 'number') return done
      done()
      const pause = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => { resolve(undefined) }, WATCH_PERIOD_MS)
      })
      const status = await Promise.race([interrupted, pause])
      if (status !== undefined) return status
    }
  } finally {
    clearTimeout(timer)
    stopListening()
    end()
  }
}
