/**
 * Readiness for systemd (config.md 1.7). The protocol is a datagram to a unix socket, which Node cannot send. The
 * helper program `systemd-notify`, part of every systemd, sends it instead. The unit needs `NotifyAccess=all`, because
 * the message comes from a child process.
 */
import { spawn } from 'node:child_process'
import type { Logger } from '../ports/index.ts'

const HELPER = 'systemd-notify'

/** Time limit of the helper, in milliseconds. It sends one datagram, so after this time it must be hanging. */
const HELPER_MAX_MS = 2_000

/** Number of characters kept of the helper's error output. */
const REASON_MAX = 200

/** The original logs this line when the first message was sent. */
const SUPERVISED = 'Supervised by systemd. Please make sure you set appropriate values for TimeoutStartSec and '
  + 'TimeoutStopSec in your service unit.'

export interface SystemdNotifier {
  /** Sends one message, such as `READY=1`. Resolves when it was sent or has failed; failures are logged. */
  send(...variables: readonly string[]): Promise<void>
}

export interface NotifierOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
}

/** Sends messages to systemd, and logs failures in the words of the original. */
export function createSystemdNotifier({ environment, logger }: NotifierOptions): SystemdNotifier {
  let last = Promise.resolve()
  let isFirst = true
  return {
    send: (...variables) => {
      // Messages are sent one after another, because their order matters.
      last = last.then(async () => {
        const problem = environment['NOTIFY_SOCKET']
          ? await runHelper(variables, environment)
          : 'NOTIFY_SOCKET not found!'
        if (problem !== undefined) logger.log('warning', `systemd supervision error: ${problem}`)
        else if (isFirst) logger.log('notice', SUPERVISED)
        isFirst = false
      })
      return last
    },
  }
}

/** Runs the helper once. Resolves with the reason of a failure, or with undefined. */
function runHelper(
  variables: readonly string[], environment: NotifierOptions['environment'],
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(HELPER, [`--pid=${process.pid}`, ...variables], {
      env: environment, stdio: ['ignore', 'ignore', 'pipe'], timeout: HELPER_MAX_MS, killSignal: 'SIGKILL',
    })
    let reason = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => { reason = (reason + text).slice(0, REASON_MAX) })
    child.once('error', (error) => { resolve(`${HELPER} cannot be run: ${error.message}`) })
    child.once('exit', (code, signal) => {
      const told = reason.trim().replaceAll(/\s*\n\s*/g, '; ')
      const failure = `${HELPER} failed with ${signal ?? `status ${code}`}`
      resolve(code === 0 ? undefined : told === '' ? failure : `${failure}: ${told}`)
    })
  })
}
