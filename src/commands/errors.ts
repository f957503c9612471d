import { error, fromWire, toWire } from '../resp/index.ts'
import type { ErrorReply } from '../resp/index.ts'
import { CLIENT_NAME_CHARS_MAX, OPTIONS_MAX } from './limits.ts'

/** Error replies that several commands share (protocol.md 1.1 and 2.1). */
export const SYNTAX_ERROR = error('ERR syntax error')
export const NOT_AN_INTEGER = error('ERR value is not an integer or out of range')
export const NO_SUCH_MASTER = error('ERR No such master with that name')
export const SAVE_FAILED = error('ERR Failed to save config file. Check server logs.')
export const LOG_LEVEL_NOT_SAVED = error(
  'ERR loglevel has been changed, but it is not saved: sentinel state-config-file is set, so the main file is not written.'
  + ' Change it there, too',
)
export const NOAUTH = error('NOAUTH Authentication required.')
export const WRONG_PASSWORD = error('WRONGPASS invalid username-password pair or user is disabled.')
export const BAD_CLIENT_NAME = error('ERR Client names cannot contain spaces, newlines or special characters.')

export const TOO_MANY_OPTIONS = error(`ERR too many options, at most ${OPTIONS_MAX} in one request`)
export const LONG_CLIENT_NAME = error(`ERR Client name too long, at most ${CLIENT_NAME_CHARS_MAX} characters`)

/** Most bytes of the request that an error repeats. */
const ECHO_BYTES_MAX = 128

export function wrongArity(fullName: string): ErrorReply {
  return error(`ERR wrong number of arguments for '${fullName}' command`)
}

/** Repeats words until the repeated part has 128 bytes. */
export function unknownCommand(argv: readonly string[]): ErrorReply {
  let args = ''
  for (const word of argv.slice(1)) {
    const room = ECHO_BYTES_MAX - args.length
    if (room <= 0) break
    args += `'${echoBytes(word, room)}' `
  }
  return error(`ERR unknown command '${echo(argv[0] ?? '')}', with args beginning with: ${fromWire(args)}`)
}

export function unknownSubcommand(container: string, subcommand: string): ErrorReply {
  return error(`ERR unknown subcommand '${echo(subcommand)}'. Try ${container.toUpperCase()} HELP.`)
}

/** The password that `option` would change is one that ts-sentinel.ini names and no save writes. */
export function passwordIsOutside(option: string): ErrorReply {
  return error(`ERR ${option} comes from a file or variable that the settings file names: change it there and send SIGHUP to the sentinel`)
}

export function longPattern(charsMax: number): ErrorReply {
  return error(`ERR pattern too long, at most ${charsMax} characters`)
}

/** The error for a known subcommand with unsupported arguments. */
export function unhandledShape(container: string, subcommand: string): ErrorReply {
  const what = `'${echo(subcommand)}'. Try ${container.toUpperCase()} HELP.`
  return error(`ERR unknown subcommand or wrong number of arguments for ${what}`)
}

function echo(word: string): string {
  return fromWire(echoBytes(word, ECHO_BYTES_MAX))
}

/** A word as an error repeats it, in wire text: up to the first NUL, at most `bytesMax` bytes. */
function echoBytes(word: string, bytesMax: number): string {
  // A character has one byte at least.
  const visible = word.slice(0, bytesMax).split('\0', 1)[0] ?? ''
  return toWire(visible).slice(0, bytesMax)
}
