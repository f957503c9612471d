import { isNode, type Command } from '../command.ts'
import { programPath } from '../find-program.ts'
import { SHELL } from '../shell.ts'

// Theory of operation. `diskFull` sets the limit for the size of files to 0. A write then fails, but the kernel sends a
// signal first that ends a process unless it ignores it. Node ignores it by itself; other programs inherit that from
// the shell that starts them, which `exec` replaces by the program: the process is the same.
const SCRIPT = 'trap "" XFSZ; exec "$0" "$@"'

/**
 * The command, started so that a full disk does not end it. Unchanged for a program that does not exist, whose error
 * the shell would hide.
 */
export function ignoringFullDisk(command: Command): Command {
  const file = programPath(command.file, command.env?.['PATH'])
  if (isNode(command) || file === undefined) return command
  return { ...command, file: SHELL, args: ['-c', SCRIPT, file, ...command.args] }
}
