/**
 * SIGUSR1 ends the program, as it ends the original. Node would open its debugger, which gives everything to every
 * process of this machine that connects. To be called before anything else: until then Node reacts to the signal, and
 * a debugger that it opened before is noticed here and ends the program as well. Only the start of Node can prevent
 * that: an address that does not exist (NODE_OPTIONS=--inspect-port=192.0.2.1:9229) leaves nothing to open.
 */
export function dieOfSigusr1(): void {
  const die = (): void => {
    process.removeAllListeners('SIGUSR1')
    process.kill(process.pid, 'SIGUSR1')
  }
  process.on('SIGUSR1', die)
  if (isDebuggerWanted()) return
  // A Node that is too old for the program has no such function; it is refused right after this.
  const inspector = (process as Partial<NodeJS.Process>).getBuiltinModule?.('node:inspector')
  const check = (): void => {
    if (inspector?.url() !== undefined) die()
  }
  check()
  // Another thread of Node opens it, a moment after the signal. On a busy machine the moment has been 300 ms.
  for (const ms of CHECKED_AFTER_MS) setTimeout(check, ms).unref()
}

/** Often at first, so that an open debugger does not last, and for much longer than that thread takes. */
const CHECKED_AFTER_MS: readonly number[] = [0, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560]

/** --inspect-port alone opens none. */
function isDebuggerWanted(): boolean {
  const options = [...process.execArgv, process.env['NODE_OPTIONS'] ?? '']
  return options.some((option) => /(?:^|\s)--inspect(?:-brk|-wait)?(?:[=\s]|$)/.test(option))
}
