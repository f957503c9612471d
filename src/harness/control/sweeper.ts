import { spawn } from 'node:child_process'
import { Socket } from 'node:net'

import { SHELL, SHELL_PATH, shellEnvironment } from '../shell.ts'

// Theory of operation. The application under test is a command that may start processes of its own, and each of them
// may be killed at any time: a worker whose runner is gone belongs to init. All of them have inherited a variable with
// a name of its own, so they are found by their environment (Linux: /proc; elsewhere: `ps`), and also by the process
// group of the command where it has one. The sweeper is a shell in a session of its own that waits for the end of a
// pipe, which the kernel closes when this process ends, and then kills all of them. It repeats that until a look finds
// none, because a process may start another one between the look and its end.
const SWEEPER_SCRIPT = `
${SHELL_PATH}
trap '' INT TERM HUP QUIT
mark=
group=
while IFS= read -r order; do
  case $order in
    'mark '*) mark=\${order#mark } ;;
    'group '*) group=\${order#group } ;;
  esac
done
marked() {
  if [ -r /proc/self/environ ]; then
    grep -lsF -- "$mark" /proc/[0-9]*/environ | while IFS=/ read -r _ _ pid _; do echo "$pid"; done
  else
    ps axeww -o pid= -o command= 2>/dev/null | while read -r pid rest; do
      case $rest in *"$mark"*) echo "$pid" ;; esac
    done
  fi
}
if [ -n "$group" ]; then kill -KILL -- "-$group" 2>/dev/null; fi
looks=0
while [ "$looks" -lt 20 ]; do
  looks=$((looks + 1))
  found=$(marked)
  [ -n "$found" ] || break
  kill -KILL $found 2>/dev/null
  sleep 0.05 2>/dev/null || sleep 1
done
`

/** Kills all processes of one application when it is no longer needed, or when this process has ended. */
export interface Sweeper {
  /** The process group of the command, which is killed as well. */
  useGroup(pid: number): void
  /** Kills what is left. Resolves when nothing is. */
  finish(): Promise<void>
}

/**
 * Starts a sweeper for the processes whose environment holds the variable `mark`.
 *
 * @throws Error when the shell cannot be started
 */
export function startSweeper(mark: string): Sweeper {
  const shell = spawn(SHELL, ['-c', SWEEPER_SCRIPT, 'ts-sentinel-sweep'], {
    detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: shellEnvironment(),
  })
  const ended = new Promise<void>((resolve, reject) => {
    shell.once('close', () => { resolve() })
    shell.once('error', reject)
  })
  // `finish` reports it; a shell that could not start must not crash the process before that.
  ended.catch(() => undefined)
  if (shell.pid === undefined) {
    throw new Error(`cannot start ${SHELL}, which ends the processes of the command: check that it is installed and that the limit of processes is not reached`)
  }
  shell.stdin.on('error', () => undefined)
  shell.unref()
  if (shell.stdin instanceof Socket) shell.stdin.unref()
  shell.stdin.write(`mark ${mark}=\n`)
  return {
    useGroup: (pid) => { shell.stdin.write(`group ${pid}\n`) },
    finish: async () => {
      shell.ref()
      shell.stdin.end()
      await ended
    },
  }
}
