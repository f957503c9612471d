import { spawn } from 'node:child_process'
import { Socket } from 'node:net'

import { SHELL, SHELL_PATH } from './shell.ts'

// Theory of operation. A test process can end at any moment: a failing assertion, Ctrl-C, SIGKILL by a CI system. Its
// redis-server children would live on. The reaper is a shell in a session of its own that reads orders from a pipe.
// When the pipe ends, it kills every process that is still on its list and removes the folder. The kernel closes the
// pipe of every process that ends, so the clean-up cannot be skipped.
const REAPER_SCRIPT = `
${SHELL_PATH}
trap '' INT TERM HUP QUIT
pids=' '
folder=
while IFS= read -r order; do
  case $order in
    '+ '*) pids="$pids\${order#+ } " ;;
    '- '*) one=\${order#- }; case $pids in *" $one "*) pids="\${pids%% $one *} \${pids#* $one }" ;; esac ;;
    'folder '*) folder=\${order#folder } ;;
    'keep') pids=' '; folder= ;;
  esac
done
for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
if [ -n "$folder" ]; then rm -rf "$folder"; fi
`

/** Cleans up the processes and the folder of one deployment when this process has ended. */
export interface Reaper {
  /** Puts a process on the list. */
  adopt(pid: number): void
  /** Takes a process that has ended off the list, so that a reused pid is never killed. */
  release(pid: number): void
  /** Empties the list and keeps the folder: both outlive this process. */
  keep(): void
  /** Ends the reaper, which kills what is still on its list and removes the folder. Resolves when that is done. */
  finish(): Promise<void>
}

/**
 * Starts a reaper for `folder`. It needs `sh`, `kill` and `rm`, which every system with redis-server has.
 *
 * @throws Error when the shell cannot be started
 */
export function startReaper(folder: string): Reaper {
  const shell = spawn(SHELL, ['-c', REAPER_SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  const ended = new Promise<void>((resolve, reject) => {
    shell.once('close', () => { resolve() })
    shell.once('error', reject)
  })
  // `finish` reports it; a shell that could not start must not crash the process before that.
  ended.catch(() => undefined)
  if (shell.pid === undefined) throw new Error(`cannot start ${SHELL}, which cleans up after a test: check that it is installed and that the limit of processes is not reached`)
  shell.stdin.on('error', () => undefined)
  // The reaper must not keep the process alive that it watches.
  shell.unref()
  if (shell.stdin instanceof Socket) shell.stdin.unref()
  const order = (line: string): void => { shell.stdin.write(`${line}\n`) }
  order(`folder ${folder}`)
  return {
    adopt: (pid) => { order(`+ ${pid}`) },
    release: (pid) => { order(`- ${pid}`) },
    keep: () => { order('keep') },
    finish: async () => {
      shell.ref()
      shell.stdin.end()
      await ended
    },
  }
}
