/** The shell that every POSIX system has in this place, whatever PATH says. */
export const SHELL = '/bin/sh'

/** The first line of a script that needs the system's own programs although PATH may be empty. */
export const SHELL_PATH = 'PATH="${PATH:+$PATH:}/usr/bin:/bin"'
