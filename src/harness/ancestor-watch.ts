import { spawn, type ChildProcess } from 'node:child_process'

import { SHELL, SHELL_PATH } from './shell.ts'

// Theory of operation. A test library runs tests in a process that others started: `npm`, its shell, the main process
// of vitest or `node --test`. When one of those is killed by SIGKILL, the process with the test becomes an orphan; with
// a test that hangs it would live on, and with it every server. So a shell in a session of its own looks twice a second
// whether each process of the chain still has the parent that it had. When one has not, its parent is gone: the shell
// kills what is left of the chain below, and the reapers clean up behind it.
//
// The chain goes up as long as the parent is in the same process group, which is one job of a terminal or one step of
// CI, and is no shell. Only its own parent can tell a shell that was killed from a script that came to its end and left
// a test running in the background, which must go on: the exit status is gone with the process, and everything else
// (parents, groups, open files) is the same. A hung test below a killed shell ends by the limits of its test library.
//
// A parent is compared, not looked for: a process that is killed exists as long as its own parent has not asked for its
// exit status, and its number may be given to another one.
const WATCH_SCRIPT = `
${SHELL_PATH}
facts() {
  if [ -r "/proc/$1/stat" ]; then
    IFS= read -r line < "/proc/$1/stat" || return 1
    name=\${line#*(}
    name=\${name%)*}
    set -- \${line##*) }
    parent=$2; group=$3
  else
    set -- $(ps -o ppid= -o pgid= -o comm= -p "$1" 2>/dev/null)
    [ $# -ge 3 ] || return 1
    parent=$1; group=$2; name=$3
  fi
} 2>/dev/null
facts "$1" || exit 0
own=$group
chain=
one=$1
above=$parent
while [ "$above" -gt 1 ] && facts "$above" && [ "$group" = "$own" ]; do
  case \${name##*/} in sh|bash|dash|ash|ksh|zsh|fish|busybox) break ;; esac
  chain="$chain $one:$above"
  one=$above
  above=$parent
done
[ -n "$chain" ] || exit 0
while :; do
  sleep 0.5 2>/dev/null || sleep 1
  below=
  for link in $chain; do
    one=\${link%:*}
    below="$below $one"
    facts "$one" && [ "$parent" = "\${link#*:}" ] && continue
    # The process with the test has ended by itself: nothing is left to do.
    kill -0 "$1" 2>/dev/null || exit 0
    kill -KILL $below 2>/dev/null
    exit 0
  done
done
`

let watcher: ChildProcess | undefined
let users = 0

/**
 * From now on this process is killed when one of the processes that started it is killed, for example the main process
 * of the test library. One shell does this for all deployments of the process.
 *
 * @returns a function that ends this; call it once
 */
export function watchAncestors(): () => void {
  users += 1
  watcher ??= startWatcher()
  return () => {
    users -= 1
    if (users > 0) return
    end(watcher)
    watcher = undefined
  }
}

function startWatcher(): ChildProcess {
  const shell = spawn(SHELL, ['-c', WATCH_SCRIPT, 'ts-sentinel-watch', String(process.pid)], { detached: true, stdio: 'ignore' })
  // Without it the clean-up behind this process itself still works, and its shell reports what is wrong.
  shell.on('error', () => undefined)
  shell.unref()
  return shell
}

/** The shell leads a group of its own, in which its `sleep` is too. */
function end(shell: ChildProcess | undefined): void {
  if (shell?.pid === undefined || shell.exitCode !== null || shell.signalCode !== null) return
  try {
    process.kill(-shell.pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
