/** Each row of docs/limits.md: the constants that it is about, and the test that tries the bound. */
import { LOGGED_TEXT_CHARS_MAX } from '../../src/acl/acl-log.ts'
import * as commands from '../../src/commands/limits.ts'
import { UINT64_DIGITS } from '../../src/core/bounded-integer.ts'
import * as core from '../../src/core/limits.ts'
import * as driver from '../../src/driver/limits.ts'
import * as http from '../../src/http/limits.ts'
import * as links from '../../src/links/limits.ts'
import * as resp from '../../src/resp/limits.ts'
import * as server from '../../src/server/limits.ts'

export interface Bound {
  /** First column of the table. */
  readonly what: string
  /** How the row writes the constants. */
  readonly values: readonly string[]
  /** File below test/unit. */
  readonly file: string
  /** Found in that file: the title of the test, or its row. */
  readonly test: string
}

const KIB = 1024
const MIB = KIB * KIB

/** As the table writes numbers: `4096`, and from 10,000 on with a comma. */
function count(value: number): string {
  return value < 10_000 ? String(value) : value.toLocaleString('en-US')
}

/** `2 MiB`, `64 KiB`, `1 MiB and 64 KiB`. */
function bytes(value: number): string {
  const parts = [[Math.floor(value / MIB), 'MiB'], [value % MIB / KIB, 'KiB']] as const
  return parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`).join(' and ')
}

/** `5 s`. */
function seconds(ms: number): string {
  return `${ms / 1_000} s`
}

function bound(what: string, values: readonly string[], file: string, test: string): Bound {
  return { what, values, file, test }
}

const READER = 'resp/request-reader.test.ts'
const CROWD = 'server/crowd.test.ts'
const COMMANDS = 'commands/bounds.test.ts'
const REPLIES = 'links/reply-reader.test.ts'
const CORE = 'core/bounds.test.ts'
const HTTP = 'http/http-server.test.ts'
const HTTP_CONNECTIONS = 'http/connections.test.ts'
const HTTP_TIMES = 'http/time-limits.test.ts'

export const BOUNDS: readonly Bound[] = [
  bound('Words of a request', [count(resp.REQUEST_WORDS_MAX)], READER, 'at most 4096 words in a request'),
  bound('Bytes of a word', [bytes(resp.WORD_BYTES_MAX)], READER, 'at most 1048576 bytes in a word'),
  bound('Bytes of a request', [bytes(resp.REQUEST_BYTES_MAX)], READER, 'at most 1114112 bytes in a request'),
  bound('Bytes of an inline request or a length', [bytes(resp.LINE_BYTES_MAX)], READER, 'waits for the rest of a line of the largest length'),
  bound('Before login: words, bytes of a word', [
    count(resp.UNAUTHENTICATED_MULTIBULK_LENGTH_MAX), bytes(resp.UNAUTHENTICATED_BULK_BYTES_MAX),
  ], READER, 'applies small limits until the client is authenticated'),
  bound('Before login: replies to requests that came in one go', [bytes(server.UNAUTHENTICATED_REPLY_BYTES_MAX)], CROWD, 'is answered up to 17 KB in one go and cut beyond'),
  bound('Unfinished requests of all connections', [
    bytes(server.WAITING_INPUT_BYTES_MAX), bytes(server.WAITING_INPUT_BYTES_FREE),
  ], CROWD, 'of unfinished requests is bounded, and connections with little stay open'),
  bound('Unsent replies of a connection', [bytes(server.UNSENT_REPLY_BYTES_MAX)], 'server/connection.test.ts', 'make a client that does not read its replies wait, with bounded memory'),
  bound('Time of one client before others go on', [`${server.SLICE_MS} ms`], CROWD, 'is given to another client between many requests'),
  bound('Time of all clients in a turn of the event loop', [`${server.TURN_MS_MAX} ms`], CROWD, 'is shared in turns between expensive requests'),

  bound('Connection, library name and version (CLIENT SETNAME, SETINFO, HELLO)', [count(commands.CLIENT_NAME_CHARS_MAX)], COMMANDS, 'a library name'),
  bound('Channels and patterns of a connection', [
    count(commands.SUBSCRIPTIONS_PER_CLIENT_MAX), count(commands.CHANNEL_CHARS_MAX),
  ], COMMANDS, 'subscriptions of a connection'),
  bound('Channels and patterns of all connections', [
    count(commands.SUBSCRIPTIONS_MAX), count(commands.PATTERN_CHARS_MAX),
  ], CROWD, 'of subscriptions is bounded, and so are the characters of different patterns'),
  bound('Prefixes of CLIENT TRACKING', [
    count(commands.TRACKING_PREFIXES_MAX), count(commands.TRACKING_PREFIX_CHARS_MAX),
  ], COMMANDS, 'tracking prefixes'),
  bound('Filters of CLIENT KILL', [count(commands.KILL_FILTERS_MAX)], COMMANDS, 'filters of CLIENT KILL'),
  bound('Names in COMMAND INFO and COMMAND DOCS', [count(commands.COMMAND_NAMES_MAX)], COMMANDS, 'names in COMMAND DOCS'),
  bound('Patterns of COMMAND LIST, SENTINEL RESET, SENTINEL CONFIG GET', [count(commands.GLOB_CHARS_MAX)], COMMANDS, 'a pattern of CONFIG GET'),
  bound('Patterns in one SENTINEL CONFIG GET', [count(commands.CONFIG_PATTERNS_MAX)], COMMANDS, 'patterns of CONFIG GET'),
  bound('Options in one SENTINEL SET, CONFIG SET, DEBUG', [count(commands.OPTIONS_MAX)], COMMANDS, 'options of SENTINEL SET'),
  bound('Users, passwords, paths and command names that are saved', [count(commands.KEPT_CHARS_MAX)], COMMANDS, 'a word that is kept in the file'),
  bound('Names of masters (SENTINEL MONITOR)', [count(commands.MASTER_NAME_CHARS_MAX)], COMMANDS, 'a master name'),
  bound('Reason of a pause (SENTINEL PAUSE)', [count(commands.PAUSE_REASON_CHARS_MAX)], COMMANDS, 'a reason of a pause'),
  bound('Masters (SENTINEL MONITOR)', [count(core.MASTERS_MAX)], CORE, 'masters that SENTINEL MONITOR adds to is bounded'),
  bound('Ids of candidates', [count(core.RUN_ID_CHARS_MAX)], COMMANDS, 'a run id'),
  bound('Reply of SENTINEL INFO-CACHE', [bytes(commands.INFO_CACHE_CHARS_MAX)], COMMANDS, 'a reply of INFO-CACHE'),
  bound('Users that ACL SETUSER makes', [count(commands.USERS_MAX), count(commands.USER_NAME_CHARS_MAX)], COMMANDS, 'users counts the existing ones'),
  bound('Rules of a user, in one ACL SETUSER, and of one rule', [
    count(commands.USER_RULES_MAX), count(commands.RULES_PER_REQUEST_MAX), count(commands.RULE_CHARS_MAX),
  ], COMMANDS, 'rules of one user counts those of earlier requests'),
  bound('Objects and users in ACL LOG', [count(LOGGED_TEXT_CHARS_MAX)], COMMANDS, 'texts in ACL LOG cuts what unauthenticated clients send'),
  bound('Globs', [], 'core/glob.test.ts', 'takes little time with many stars'),

  bound('A reply of a node', [
    bytes(links.REPLY_BYTES_MAX), count(links.REPLY_ITEMS_MAX), `${links.REPLY_DEPTH_MAX} levels`,
  ], REPLIES, 'refuse arrays nested too deeply and too many values in all'),
  bound('A line of a reply', [bytes(links.REPLY_LINE_BYTES_MAX)], REPLIES, 'refuse a line without an end'),
  bound('A hello message', [count(core.HELLO_CHARS_MAX)], CORE, 'a hello message is bounded'),
  bound('The leader in an answer to IS-MASTER-DOWN-BY-ADDR', [count(core.RUN_ID_CHARS_MAX)], CORE, 'answer is bounded; an answer with a longer one is ignored'),
  bound('Host names', [count(core.HOST_CHARS_MAX)], CORE, 'a host name is bounded'),
  bound('Numbers in INFO, hello messages, configuration files', [`${UINT64_DIGITS} digits`], 'core/info-parser.test.ts', 'reads at most as many digits as the largest number has'),
  bound('`slaveN` lines of one INFO, replicas of a master', [count(core.REPLICAS_MAX)], CORE, 'replicas of a master is bounded'),
  bound('Sentinels of a master', [count(core.PEERS_MAX)], CORE, 'sentinels of a master is bounded'),
  bound('INFO text kept for SENTINEL INFO-CACHE', [
    `${core.INFO_KEPT_CHARS_MAX / KIB} Ki characters`, `${core.INFO_KEPT_TOTAL_CHARS_MAX / MIB} Mi in all`,
  ], CORE, 'are bounded together, and beyond the bound the text of a further node is not kept'),
  bound('Host names remembered', [count(core.NAMES_MAX)], CORE, 'host names that are remembered is bounded'),
  bound('Messages that wait for a host name', [
    count(core.PARKED_MAX), `${core.PARKED_CHARS_MAX / KIB} Ki characters`,
  ], CORE, 'a message that waits for a host name is bounded'),
  bound('Complaints about malformed messages in the log', [
    count(core.COMPLAINTS_MAX), `${core.COMPLAINT_CHARS_MAX} characters`,
  ], CORE, 'a complaint is bounded in the log'),
  bound('Messages that wait for the core', [count(driver.INPUTS_WAITING_MAX)], 'driver/driver.test.ts', 'drops hello messages while 50,000 inputs wait'),

  bound('Requests of a connection at a time', [], HTTP_CONNECTIONS, 'are answered in their order'),
  bound('First line and headers of a request', [
    bytes(http.HEADER_BYTES_MAX), `${http.HEADERS_MAX} headers`,
  ], HTTP, 'that are too large or no HTTP at all are refused'),
  bound('Body of a request', [], HTTP_CONNECTIONS, 'with a body is answered, and the body is never read as another request'),
  bound('Time for the head of a request', [seconds(http.HEADERS_MS_MAX)], HTTP_TIMES, 'whose head is not complete'),
  bound('Time for a client to read an answer', [seconds(http.ANSWER_MS_MAX)], HTTP_TIMES, 'whose answer is not read'),
  bound('Connection without a request', [seconds(http.KEEP_ALIVE_MS)], HTTP_TIMES, 'without a request'),
  bound('Connections without streams', [
    count(http.CONNECTIONS_MAX), count(http.CONNECTIONS_HARD_MAX), seconds(http.CONNECTION_GRACE_MS),
  ], HTTP_CONNECTIONS, 'are closed, the oldest first, when new ones arrive'),
  bound('Streams of events', [count(http.STREAMS_MAX)], HTTP, 'has a limit of readers, and disconnects one that does not read'),
  bound('Events from which a reader can resume', [count(http.FEED_EVENTS_MAX)], 'http/feed.test.ts', 'has the newest ones alone'),
  bound('Unread bytes of a stream', [bytes(http.STREAM_BYTES_MAX)], HTTP, 'has a limit of readers, and disconnects one that does not read'),
  bound('Time of all requests in a turn of the event loop', [`${http.TURN_MS_MAX} ms`], HTTP_CONNECTIONS, 'do not hold the event loop'),
]
