/** Every POSIX system has a shell at this path, whatever PATH is. */
export const SHELL = '/bin/sh'

/** The first line of a script, so that it finds the programs of the system also when PATH is empty. */
export const SHELL_PATH = 'PATH="${PATH:+$PATH:}/usr/bin:/bin"'

/**
 * The whole environment of the shells that watch and clean up. Variables of the caller have no place there: the
 * processes of an application under test are found by one.
 */
export function shellEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] }
}
