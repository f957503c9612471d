/**
 * Makes SIGUSR1 end the program, as it ends the original. Node would open its debugger, which gives full control to
 * every process of this machine that connects. This must be called before anything else, because until then Node reacts
 * to the signal. A debugger that was opened earlier is detected here and ends the program as well. Only an option of
 * Node prevents such a debugger: it cannot open at an address that does not exist
 * (NODE_OPTIONS=--inspect-port=192.0.2.1:9229).
 */
export function dieOfSigusr1(): void {
  const die = (): void => {
    process.removeAllListeners('SIGUSR1')
    process.kill(process.pid, 'SIGUSR1')
  }
  process.on('SIGUSR1', die)
  if (isDebuggerWanted()) return
  // Releases of Node that are too old for the program lack this function. The next import refuses them.
  const inspector = (process as Partial<NodeJS.Process>).getBuiltinModule?.('node:inspector')
  const check = (): void => {
    if (inspector?.url() !== undefined) die()
  }
  check()
  // Another thread of Node opens the debugger after the signal; on a busy machine up to 300 ms later.
  for (const ms of CHECKED_AFTER_MS) setTimeout(check, ms).unref()
}

/**
 * Delays of the checks in milliseconds. They are short at first, so that an open debugger is found soon, and end long
 * after that thread must have opened it.
 */
const CHECKED_AFTER_MS: readonly number[] = [0, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560]

/** Whether Node was started with a debugger. --inspect-port alone opens none. */
function isDebuggerWanted(): boolean {
  const options = [...process.execArgv, process.env['NODE_OPTIONS'] ?? '']
  return options.some((option) => /(?:^|\s)--inspect(?:-brk|-wait)?(?:[=\s]|$)/.test(option))
}
