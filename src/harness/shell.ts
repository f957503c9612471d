/** Every POSIX system has a shell at this path, whatever PATH is. */
export const SHELL = '/bin/sh'

/** The first line of a script, so that it finds the programs of the system also when PATH is empty. */
export const SHELL_PATH = 'PATH="${PATH:+$PATH:}/usr/bin:/bin"'
