/**
 * Runs the program below an init when it is process 1 of a container. Process 1 inherits every orphan of its PID
 * namespace, and Node never waits for children that it did not start: a process that a notification script leaves
 * behind would stay a zombie for ever. So the launcher starts the program below an init that waits for orphans (a child
 * subreaper), passes signals on, and ends with the status of the program.
 */
import type { ChildProcess } from 'node:child_process'

/** The init of most images. `-s`: become a child subreaper, because it is not process 1 itself. */
const TINI: { readonly program: string, readonly args: readonly string[] } = { program: 'tini', args: ['-s', '--'] }

/** Numbers of the system call prctl, by architecture of Node. Linux only, like PID namespaces. */
const PRCTL: ReadonlyMap<string, number> = new Map([['x64', 157], ['arm64', 167], ['ia32', 172], ['arm', 172]])

/**
 * The same init in Perl, which every Debian has; 36 is PR_SET_CHILD_SUBREAPER. It waits for all children and ends with
 * the status of the program, or with 128 plus the signal's number when a signal ended it, as a shell does.
 */
function perlInit(prctl: number): string {
  return [
    `syscall(${prctl}, 36, 1, 0, 0, 0);`,
    'my $main = fork(); defined $main or die "fork: $!";',
    'if (!$main) { exec { $ARGV[0] } @ARGV; die "exec: $!" }',
    'for my $name (qw(TERM INT HUP QUIT USR1 USR2)) { $SIG{$name} = sub { kill $name, $main } }',
    'while (1) {',
    '  if (waitpid(-1, 0) == $main) { exit($? & 127 ? 128 + ($? & 127) : $? >> 8) }',
    '}',
  ].join(' ')
}

const PASSED_ON: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']

/** The command that runs `command` below an init; undefined where this system has none. */
export function belowInit(
  command: readonly string[], find: (program: string) => string | undefined, architecture: string,
): readonly string[] | undefined {
  const tini = find(TINI.program)
  if (tini !== undefined) return [tini, ...TINI.args, ...command]
  const perl = find('perl')
  const prctl = PRCTL.get(architecture)
  return perl === undefined || prctl === undefined ? undefined : [perl, '-e', perlInit(prctl), '--', ...command]
}

/**
 * Runs this program again below an init when it is process 1 and the system has an init. Returns whether it did: then
 * this process only passes signals on and ends with the status of the other.
 */
export function runBelowInit(): boolean {
  if (process.pid !== 1 || process.platform !== 'linux') return false
  const command = belowInit([process.execPath, ...process.execArgv, ...process.argv.slice(1)], findOnPath, process.arch)
  const [file, ...args] = command ?? []
  if (file === undefined) return false
  const { spawn } = process.getBuiltinModule('node:child_process')
  const child = spawn(file, args, { stdio: 'inherit' })
  passOn(child, file)
  return true
}

function passOn(child: ChildProcess, file: string): void {
  for (const signal of PASSED_ON) process.on(signal, () => { child.kill(signal) })
  child.once('error', (error) => {
    process.stderr.write(`ts-sentinel: cannot run as a child of ${file}: ${error.message}. Start the container with --init.\n`)
    process.exit(1)
  })
  child.once('exit', (status, signal) => {
    const { constants } = process.getBuiltinModule('node:os')
    process.exit(status ?? 128 + (signal === null ? 0 : constants.signals[signal]))
  })
}

function findOnPath(program: string): string | undefined {
  const { accessSync, constants } = process.getBuiltinModule('node:fs')
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'))
  return [...folders, '/usr/bin', '/usr/sbin', '/bin', '/sbin']
    .map((folder) => `${folder}/${program}`)
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        // The file is missing, or this user may not run it.
        return false
      }
    })
}
