/**
 * `daemonize yes`. Node cannot fork, so the parent process, once the configuration is known to be good, starts the same
 * program again in a new session with its standard files on /dev/null, and exits 0. The child reads the configuration
 * again and keeps running. The behaviour is that of the original (config.md 1.7): errors in the file end the parent
 * with status 1, and later errors concern only the child. The one difference: if the file changes between the two
 * readings, the newer version is used.
 */
import { spawn } from 'node:child_process'

/** Environment variable that marks the child. It is removed from the environment, so scripts do not inherit it. */
const MARKER = 'TS_SENTINEL_IN_BACKGROUND'

/** Returns whether this process is the one in the background, and removes the marker from the environment. */
export function takeBackgroundMarker(environment: NodeJS.ProcessEnv): boolean {
  const found = environment[MARKER] !== undefined
  // The environment of the process is changed on purpose: processes that it starts later must not find the marker.
  delete environment[MARKER]
  return found
}

/** The command line and environment of this process, with which it can be started again. */
export type ProgramStart = Pick<NodeJS.Process, 'execPath' | 'execArgv' | 'argv' | 'env'>

/**
 * Starts this program again in the background. `standardInput` is the configuration that was read from standard input,
 * which cannot be read a second time. Resolves with the process id of the child when it runs.
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
