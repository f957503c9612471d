/**
 * Bounds of what one request or one connection may hold or cost, each with its reason. The original has none of them
 * unless a comment mentions it; a client that exceeds one gets an error that names it. docs/limits.md lists all.
 */

/** Characters of a connection's name and of the client library's name and version, which CLIENT LIST repeats. */
export const CLIENT_NAME_CHARS_MAX = 256

/**
 * Most channels and patterns of one connection, and most characters of each. Every pattern is compared with every
 * event, so one careless client could slow down all others. There are about fifty events.
 */
export const SUBSCRIPTIONS_PER_CLIENT_MAX = 1000
export const CHANNEL_CHARS_MAX = 1024

/**
 * Most channels and patterns of all connections together: each uses memory, and each pattern costs time for every
 * event.
 */
export const SUBSCRIPTIONS_MAX = 65_536
/** Most characters of all different patterns together: comparing them with an event takes some milliseconds at most. */
export const PATTERN_CHARS_MAX = 262_144

/** Prefixes of one connection that CLIENT TRACKING keeps; each is compared with each. */
export const TRACKING_PREFIXES_MAX = 256
export const TRACKING_PREFIX_CHARS_MAX = 1024

/** Filters of CLIENT KILL; each is applied to each connection. */
export const KILL_FILTERS_MAX = 32

/** Names in one COMMAND INFO or COMMAND DOCS; there are about a hundred. */
export const COMMAND_NAMES_MAX = 256

/** Most characters of a glob pattern in a request: the cost grows with its length times the length of each name. */
export const GLOB_CHARS_MAX = 512

/** Patterns of SENTINEL CONFIG GET; there are seven options. */
export const CONFIG_PATTERNS_MAX = 64

/**
 * Options in one SENTINEL SET, SENTINEL DEBUG or SENTINEL CONFIG SET; each causes an event or is a part of one save.
 */
export const OPTIONS_MAX = 64

/** Characters of a word that is written into the configuration file: paths, users, passwords, command names. */
export const KEPT_CHARS_MAX = 4096
/** Characters of the reason of a pause, which an event repeats. */
export const PAUSE_REASON_CHARS_MAX = 200
/** Characters of a master's name, which every hello message and event repeats. */
export const MASTER_NAME_CHARS_MAX = 256

/** Characters of one reply of SENTINEL INFO-CACHE. */
export const INFO_CACHE_CHARS_MAX = 8 * 1024 * 1024

/** Most users that ACL SETUSER creates, characters of their names, and rules of one user and of one request. */
export const USERS_MAX = 1024
export const USER_NAME_CHARS_MAX = 256
export const USER_RULES_MAX = 1024
export const RULES_PER_REQUEST_MAX = 512
/** Characters of a rule; a password may be as long as any other word that is kept. */
export const RULE_CHARS_MAX = 4096
