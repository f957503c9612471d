/** Why a rule cannot be applied, in the original's words (protocol.md 5.6). */
export const UNKNOWN_COMMAND = 'Unknown command or category name in ACL'
export const SYNTAX = 'Syntax error'
export const BAD_HASH = 'The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters'
export const NO_SUCH_PASSWORD = 'The password you are trying to remove from the user does not exist'
export const NO_FIRST_ARGUMENT = 'Allowing first-arg of a subcommand is not supported'
/** Ours: the original saves such a selector and cannot load it. */
export const UNSTORABLE_SELECTOR = 'A rule in a selector cannot end with a parenthesis: the user could not be loaded after a save'
export const PATTERN_AFTER_ALL_KEYS = patternAfterAll('allkeys', 'resetkeys', 'patterns')
export const PATTERN_AFTER_ALL_CHANNELS = patternAfterAll('allchannels', 'resetchannels', 'channels')

function patternAfterAll(all: string, reset: string, list: string): string {
  return `Adding a pattern after the * pattern (or the '${all}' flag) is not valid and does not have any effect. `
    + `Try '${reset}' to start with an empty list of ${list}`
}
