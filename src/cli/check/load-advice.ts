/** What to do about a line that prevents the start, by the reason with which the original refuses it. */
import { isIP } from 'node:net'

import { DIRECTIVES } from '../../config/index.ts'
import { namesOf, SETTINGS } from '../../core/index.ts'
import { nearestWord } from '../../text/index.ts'

export interface RefusedLine {
  /** The words of the line; empty where no line is to blame. */
  readonly words: readonly string[]
  readonly reason: string
  /** The names of the masters in the `sentinel monitor` lines of the file. */
  readonly masters: readonly string[]
}

type Advice = (line: RefusedLine) => string

const RESOLVE = 'add the line `sentinel resolve-hostnames yes` on every sentinel (and `sentinel announce-hostnames yes` where clients'
  + ' need names), or write the IP address'

/** Edits by which the long names of directives may differ from the name that is meant. */
const EDITS_MAX = 3

const YES_OR_NO = 'write yes or no'
const MILLISECONDS = 'write the time in milliseconds, from 1 to 2147483647: `5000` is 5 s'

/** By the beginning of the reason. */
const ADVICE: readonly (readonly [reason: string, advice: Advice])[] = [
  ['Can\'t resolve instance hostname', unresolved],
  ['No such master with specified name', ({ words, masters }) => {
    const name = words[2] ?? ''
    return masters.length === 0
      ? `add a line \`sentinel monitor ${name} <address> <port> <quorum>\``
      : `write the name of a monitored master (${masters.join(', ')}), or add a line \`sentinel monitor ${name} <address> <port> <quorum>\``
  }],
  ['Unrecognized sentinel configuration statement', statement],
  ['Bad directive or wrong number of arguments', directive],
  ['wrong number of arguments', ({ words }) => comment(words) ?? `give ${words[0] ?? 'the directive'} the words that it takes: conf/sentinel.conf has an example`],
  ['Quorum must be', () => 'write a whole number from 1 as the last word: 2 for three sentinels, 3 for five'],
  ['Invalid port number', () => 'write a port from 1 to 65535'],
  ['Invalid master port', () => 'write a port from 1 to 65535'],
  ['Duplicate master name', ({ words }) => `give one of the two masters named ${words[2] ?? ''} another name, or remove the line`],
  ['negative', () => MILLISECONDS],
  ['Notification script', script],
  ['Client reconfiguration script', script],
  ['Malformed Sentinel id', () => 'remove the line: the sentinel makes an id of its own at its start'],
  ['Duplicate runid for sentinel', () => 'remove the line of the two with the address that is no longer used, while the sentinel is stopped'],
  ['Please specify yes or no', () => YES_OR_NO],
  ['argument must be \'yes\' or \'no\'', () => YES_OR_NO],
  ['Unbalanced quotes', () => 'close the quotes; nothing may follow a closing quote directly'],
  ['argument couldn\'t be parsed into an integer', () => 'write only digits, without a unit or a leading zero'],
  ['argument must be between', () => 'write a number in that range'],
  ['argument(s) must be one of', () => 'write one of these words'],
  ['argument must be a memory value', () => 'write a number of bytes, with a unit such as 64mb'],
  ['Can\'t open the log file', () => 'create the folder of the log file, make it writable for the user of the sentinel, or correct logfile'],
  ['Fatal error, can\'t open config file', () => 'create the file, make it readable for the user of the sentinel, or correct the include line'],
  ['Error in user declaration', () => 'correct the rules of this user; docs/configuration.md has an example'],
]

/** What to do about the line, without a full stop. */
export function adviceFor(line: RefusedLine): string {
  const { reason, words } = line
  const [first = '', path = ''] = words
  if (first.toLowerCase() === 'dir') return `create the folder ${path}, let the user of the sentinel enter it, or correct dir`
  return ADVICE.find(([start]) => reason.startsWith(start))?.[1](line) ?? (words.length === 0 ? 'correct this' : 'correct the line')
}

function unresolved({ words }: RefusedLine): string {
  const [, , , host = ''] = words
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  if (bare !== host && isIP(bare) !== 0) return `write the address without brackets: ${bare}`
  if (/^[\d.]+$/.test(host)) return `correct the address ${host}: an IPv4 address has four numbers from 0 to 255`
  return /[/<>${}\s]/.test(host) ? 'write an IP address or a host name' : RESOLVE
}

/** The forms of the lines that the number of words may be wrong of. */
const FORMS: ReadonlyMap<string, string> = new Map([
  ['monitor', '<name> <address> <port> <quorum>'],
  ['known-replica', '<name> <address> <port>'], ['known-slave', '<name> <address> <port>'],
  ['known-sentinel', '<name> <address> <port> <id>'],
  ['rename-command', '<name> <command> <new name>'],
  ['config-epoch', '<name> <epoch>'], ['leader-epoch', '<name> <epoch>'],
  ...SETTINGS.filter(({ line }) => line !== 'monitor').flatMap(namesOf).filter((name) => name !== 'rename-command')
    .map((name): [string, string] => [name, '<name> <value>']),
  ...['announce-ip', 'announce-port', 'current-epoch', 'myid', 'sentinel-user', 'sentinel-pass', 'state-config-file']
    .map((name): [string, string] => [name, '<value>']),
  ...['deny-scripts-reconfig', 'resolve-hostnames', 'announce-hostnames'].map((name): [string, string] => [name, 'yes|no']),
])

function statement({ words }: RefusedLine): string {
  const [, name = ''] = words
  const form = FORMS.get(name.toLowerCase())
  if (form !== undefined) return comment(words) ?? `write \`sentinel ${name} ${form}\`; put values with blanks in double quotes`
  if (name.toLowerCase() === 'quorum') return 'remove the line: the quorum is the last word of the line `sentinel monitor`'
  if (isStandard(name)) return `write the line without the word sentinel: \`${words.slice(1).join(' ')}\``
  const meant = nearestWord(name, [...FORMS.keys()], EDITS_MAX)
  return meant === undefined ? 'remove the line, or correct its second word' : `write ${meant} in the place of ${name}`
}

function directive({ words }: RefusedLine): string {
  const [name = ''] = words
  if (name.startsWith('\ufeff')) return 'save the file without a byte order mark (as UTF-8 without BOM)'
  if (FORMS.has(name.toLowerCase())) return `begin the line with the word sentinel: \`sentinel ${words.join(' ')}\``
  if (isStandard(name)) return comment(words) ?? `give ${name} the words that it takes`
  const meant = nearestWord(name, ['sentinel', 'dir', 'user', ...DIRECTIVES.map((one) => one.name)], EDITS_MAX)
  return meant === undefined
    ? 'remove the line, or begin it with the word sentinel where it is a line of Sentinel' : `write ${meant} in the place of ${name}`
}

function isStandard(name: string): boolean {
  const lower = name.toLowerCase()
  return ['dir', 'user', 'include', 'rename-command'].includes(lower)
    || DIRECTIVES.some((one) => one.name === lower || one.aliases.includes(lower))
}

function comment(words: readonly string[]): string | undefined {
  return words.slice(1).some((word) => word.startsWith('#')) ? 'move the comment to a line of its own: a # later in a line begins none' : undefined
}

function script({ words }: RefusedLine): string {
  return `create ${words[3] === undefined || words[3] === '' ? 'the script' : words[3]} and run chmod +x on it, or remove the line`
}
