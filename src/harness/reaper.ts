import { spawn } from 'node:child_process'
import { Socket } from 'node:net'

import { lockFolder } from './free-ports.ts'
import { SHELL, SHELL_PATH, shellEnvironment } from './shell.ts'

// Theory of operation. A test process can end at any moment: a failing assertion, Ctrl-C, SIGKILL by a CI system. Its
// redis-server children would live on. The reaper is a shell in a session of its own that reads orders from a pipe.
// When the pipe ends, it kills every process that is still on its list, and removes the folder and the locks of the
// ports. The kernel closes the
// pipe of every process that ends, so the clean-up cannot be skipped.
const REAPER_SCRIPT = `
${SHELL_PATH}
trap '' INT TERM HUP QUIT
pids=' '
folder=
ports=
while IFS= read -r order; do
  case $order in
    '+ '*) pids="$pids\${order#+ } " ;;
    '- '*) one=\${order#- }; case $pids in *" $one "*) pids="\${pids%% $one *} \${pids#* $one }" ;; esac ;;
    'folder '*) folder=\${order#folder } ;;
    'port '*) ports="$ports \${order#port }" ;;
    'keep') pids=' '; folder=; ports= ;;
  esac
done
for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
if [ -n "$folder" ]; then rm -rf "$folder"; fi
for port in $ports; do rm -f "$1/$port"; done
rmdir "$1" 2>/dev/null
`

/** Cleans up the processes and the folder of one deployment when this process has ended. */
export interface Reaper {
  /** Puts a process on the list. */
  adopt(pid: number): void
  /** Takes a process that has ended off the list, so that a reused pid is never killed. */
  release(pid: number): void
  /** Removes the lock of a port at the end, so that none is left when this process is killed. */
  lockPort(port: number): void
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
  const shell = spawn(SHELL, ['-c', REAPER_SCRIPT, 'ts-sentinel-reaper', lockFolder()], {
    detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: shellEnvironment(),
  })
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
    lockPort: (port) => { order(`port ${port}`) },
    keep: () => { order('keep') },
    finish: async () => {
      shell.ref()
      shell.stdin.end()
      await ended
    },
  }
}
