/** One step of the preparation of a checkout. Plain JavaScript: it runs before anything is installed or built. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Pause between two lines of progress, in milliseconds. */
const PROGRESS_MS = 3_000

/**
 * Runs a command, with its title before, a line of progress every few seconds, and the time that it took after it.
 *
 * @param {{ title: string, command: readonly string[], progress?: () => string, everyMs?: number,
 *   print?: (line: string) => void }} step `progress`: what to print besides the seconds
 * @returns {Promise<number>} the exit status of the command
 */
export async function runStep({ title, command, progress = () => '', everyMs = PROGRESS_MS, print = printLine }) {
  const [file = '', ...args] = command
  const startedAt = Date.now()
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`
  print(`${title} ...`)
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const timer = setInterval(() => { print(`  ${[seconds(), progress()].filter((part) => part !== '').join(', ')} ...`) }, everyMs)
  try {
    const [code] = await once(child, 'close')
    const status = code ?? 1
    print(status === 0 ? `  done after ${seconds()}` : `  failed after ${seconds()}: ${command.join(' ')} ended with ${status}`)
    return status
  } finally {
    clearInterval(timer)
  }
}

/** @param {string} line */
function printLine(line) {
  process.stdout.write(`${line}\n`)
}
