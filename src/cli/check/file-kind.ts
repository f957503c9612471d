/** Recognises files that are not a sentinel.conf at all, such as the redis.conf of a data node. */
import { finding, type Finding } from './finding.ts'

/** The first bytes of a file, which decide what it is. */
const HEAD_BYTES = 4096

const GIVE = 'give the sentinel.conf, the file with the lines `sentinel monitor ...`'

/** A finding about a file in another format; undefined for one that may be a sentinel.conf. `text` is byte text. */
export function foreignFormat(path: string, text: string): Finding | undefined {
  const head = text.slice(0, HEAD_BYTES)
  const lines = head.split('\n').map((line) => line.trim())
  const at = lines.findIndex((line) => line !== '' && !line.startsWith('#') && !line.startsWith(';'))
  const what = formatOf(head, lines[at] ?? '')
  return what === undefined ? undefined : finding('error', 'not-a-sentinel-file', `${path}:${at + 1}`, [
    `this is ${what}, not a sentinel.conf: the program does not start with it`, GIVE,
  ])
}

function formatOf(head: string, line: string): string | undefined {
  if (/^(?:REDIS|VALKEY)\d/.test(head)) return 'a dump of a data node (RDB)'
  if (head.includes('\0')) return 'a binary file'
  if (/^\[[^\]]+\]$/.test(line)) return 'an INI file, as ts-sentinel.ini is'
  if (/^[{[]/.test(line)) return 'a JSON file'
  if (line === '---' || /^[\w./-]+:(?:\s|$)/.test(line)) return 'a YAML file, such as a manifest of Kubernetes or a compose file'
  if (/^-----BEGIN /.test(line)) return 'a certificate or key (PEM)'
  if (/^#!/.test(head)) return 'a script'
  return undefined
}

/** Directives that only a data node has a use for. */
const OF_DATA_NODES = new RegExp(`^(?:${[
  'save', 'rdb', 'dbfilename', 'stop-writes-on-bgsave-error', 'append', 'aof-', 'auto-aof-', 'no-appendfsync', 'maxmemory(?!-clients)',
  'replicaof', 'slaveof', 'replica-', 'slave-', 'repl-', 'min-(?:replicas|slaves)-', 'masterauth', 'masteruser', 'primaryauth',
  'primaryuser', 'databases', 'cluster-', 'hash-max', 'list-max', 'set-max', 'zset-max', 'lazyfree-', 'slowlog-', 'loadmodule',
].join('|')})`)

/** Whether a line with this first word belongs into the file of a data node. */
export function isOfDataNode(directive: string): boolean {
  return OF_DATA_NODES.test(directive.toLowerCase())
}

interface Line {
  readonly where: string
  readonly words: readonly string[]
}

/**
 * A finding about the file of a data node in the place of that of a sentinel, from its lines; undefined where a line
 * begins with `sentinel`, or none is typical of a data node.
 */
export function dataNodeFile(lines: readonly Line[]): Finding | undefined {
  const first = (line: Line) => line.words[0]?.toLowerCase() ?? ''
  if (lines.some((line) => first(line) === 'sentinel')) return undefined
  const typical = lines.filter((line) => isOfDataNode(first(line)))
  const [shown] = typical.length > 0
    ? typical : lines.filter((line) => first(line) === 'port' && line.words[1] === '6379')
  return shown === undefined ? undefined : finding('error', 'not-a-sentinel-file', shown.where, [
    `the file has no line \`sentinel monitor\`, but \`${shown.words.join(' ')}\`: it seems to be the redis.conf of a data node`, GIVE,
  ])
}
