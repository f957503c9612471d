import { spawn, type ChildProcess } from 'node:child_process'

import { hasCode } from './error-code.ts'
import { SHELL, SHELL_PATH, shellEnvironment } from './shell.ts'

// Theory of operation. A test runs in a process that other processes started: `npm`, its shell, the main process of
// vitest or `node --test`. When one of those is killed by SIGKILL, the process of the test becomes an orphan; if the
// test hangs, the process and every server would live on. Therefore a shell in a session of its own checks twice a
// second whether each process of the chain still has the same parent. If one has not, its parent is gone: the shell
// kills the rest of the chain below, and the reapers clean up.
//
// The chain goes up as long as the parent is in the same process group, which is one job of a terminal or one step of
// CI, and is not a shell. For a shell, only its own parent can distinguish being killed from the end of a script that
// left a test running in the background, which must go on: the exit status is gone with the process, and everything
// else (parents, groups, open files) is the same. A hung test below a killed shell ends by the time limits of its test
// library.
//
// A command that is of no use without its caller (`ts-sentinel harness run` and `serve`) ends with its parent instead,
// whatever that is and however it ended. Only the command itself is killed: what waits for it above ends by itself.
//
// The check compares the parent instead of looking for the process: a killed process exists until its own parent reads
// its exit status, and its number may then be given to another process.
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
while [ "$above" -gt 1 ] && facts "$above"; do
  if [ "$2" = test ]; then
    [ "$group" = "$own" ] || break
    case \${name##*/} in sh|bash|dash|ash|ksh|zsh|fish|busybox) break ;; esac
  elif [ "$one" != "$1" ]; then
    [ "$2" = ancestors ] && [ "$group" = "$own" ] || break
  fi
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
    [ "$2" = test ] || below=$1
    kill -KILL $below 2>/dev/null
    exit 0
  done
done
`

let watcher: ChildProcess | undefined
let users = 0

/**
 * Whose end kills this process. `test`: the programs above it in its process group, up to a shell. `parent`: its
 * parent, a shell too. `ancestors`: the parent and every process above it in the process group, shells too. `none`: no
 * other process.
 */
export type WatchMode = 'test' | 'parent' | 'ancestors' | 'none'

/**
 * Kills this process when one of the processes that started it is killed, for example the main process of the test
 * library. One shell does this for all deployments of the process, in the mode of the first call.
 *
 * @returns a function that ends the watch; call it once
 */
export function watchAncestors(mode: WatchMode = 'test'): () => void {
  users += 1
  if (users === 1 && mode !== 'none') watcher = startWatcher(mode)
  return () => {
    users -= 1
    if (users > 0) return
    end(watcher)
    watcher = undefined
  }
}

function startWatcher(mode: WatchMode): ChildProcess {
  const args = ['-c', WATCH_SCRIPT, 'ts-sentinel-watch', String(process.pid), mode]
  const shell = spawn(SHELL, args, { detached: true, stdio: 'ignore', env: shellEnvironment() })
  // Without the shell, the clean-up after this process itself still works, and the shell of the reaper reports the
  // error.
  shell.on('error', () => undefined)
  shell.unref()
  return shell
}

/** Ends the whole group of the shell, which includes its `sleep`. */
function end(shell: ChildProcess | undefined): void {
  if (shell?.pid === undefined || shell.exitCode !== null || shell.signalCode !== null) return
  try {
    process.kill(-shell.pid, 'SIGKILL')
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error
  }
}
