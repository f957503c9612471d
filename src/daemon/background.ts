/**
 * `daemonize yes`. Node cannot fork: a running program cannot go on as two. Instead the parent, once the
 * configuration is known to be good, starts the same program again in a session of its own, with its standard files
 * on /dev/null, and exits 0; the child reads the configuration once more and stays. What an operator sees is the
 * same (config.md 1.7): errors in the file end the parent with status 1, errors after that are the child's alone. The
 * one difference is that a file changed between the two readings counts in its newer form.
 */
import { spawn } from 'node:child_process'

/** Tells the child that it is the child. Scripts do not inherit it. */
const MARKER = 'TS_SENTINEL_IN_BACKGROUND'

/** Whether this process is the one in the background. Takes the marker out of the environment. */
export function takeBackgroundMarker(environment: NodeJS.ProcessEnv): boolean {
  const found = environment[MARKER] !== undefined
  // The program's own environment is meant to change: what it starts later must not find the marker.
  delete environment[MARKER]
  return found
}

/** How this program was started, and so how it is started again. */
export type ProgramStart = Pick<NodeJS.Process, 'execPath' | 'execArgv' | 'argv' | 'env'>

/**
 * Starts this program again in the background. `standardInput` is what the configuration read from there, since the
 * child finds nothing more in it. Resolves with the child's process id when it runs.
 */
export function startInBackground(
  standardInput: Uint8Array | undefined, { execPath, execArgv, argv, env }: ProgramStart,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(execPath, [...execArgv, ...argv.slice(1)], {
      detached: true,
      env: { ...env, [MARKER]: '1' },
      stdio: [standardInput === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'],
    })
    child.once('error', reject)
    child.once('spawn', () => {
      const { pid, stdin } = child
      if (pid === undefined) return
      child.unref()
      if (stdin === null) resolve(pid)
      else stdin.end(standardInput, () => { resolve(pid) })
    })
  })
}
