/** Rules about the file of a proxy: its lines, its certificates and, unless that is turned off, what it names. */
import { loadTlsFor, TlsProblem } from '../../daemon/index.ts'
import { hostAndPort } from '../../text/index.ts'
import { finding, type Finding } from './finding.ts'
import type { CheckOptions } from './options.ts'
import { checkProxyTargets } from './proxy-targets.ts'

/** Lines that only a proxy has: a directive of its own, or `sentinel` with an address in the place of a subcommand. */
const OF_PROXY = /^\s*(?:(?:master|sentinel-auth|sentinel-user|read-port|read-from|wait-for-master|minority|node-zone|drain)\s|sentinel\s+\S*[.:])/im

/** Whether a text is the configuration of a proxy, perhaps with mistakes. */
export function isProxyFile(text: string): boolean {
  return OF_PROXY.test(text) && !/^\s*sentinel\s+monitor\s/im.test(text)
}

/** `text` is byte text. */
export async function checkProxyFile(
  path: string, text: string, { offline, tls: given }: Pick<CheckOptions, 'offline' | 'tls'>,
): Promise<readonly Finding[]> {
  const { readSettings } = await import('../../proxy/index.ts')
  const read = readSettings({ file: path, text, options: [] })
  if (!read.ok) return read.problems.map((problem) => refusal(path, problem))
  const { settings } = read
  const { tlsPort, tlsReadPort, tlsNodes, tlsSentinels } = settings
  const tls = loadTlsFor(settings.tls, {
    incoming: tlsPort !== 0 || tlsReadPort !== 0, outgoing: given === undefined && (tlsNodes || tlsSentinels),
  })
  if (tls instanceof TlsProblem) {
    return [finding('error', 'tls-files', path, [
      `TLS cannot be set up, and the proxy does not start: ${tls.message}`, (tls.advice ?? 'correct the tls- lines').replace(/\.$/, ''),
    ])]
  }
  if (offline) return []
  const outgoing = given ?? tls.outgoing
  const found = await checkProxyTargets(settings, {
    sentinels: tlsSentinels ? outgoing : undefined, nodes: tlsNodes ? outgoing : undefined,
  })
  return found.map((one) => ({ ...one, line: lineOf(path, text, one.where) }))
}

/** A problem as the proxy prints it: place, what is wrong, and what to do. */
function refusal(path: string, problem: string): Finding {
  const [, where = path, reason = problem] = new RegExp(`^(${escaped(path)}(?::\\d+)?|command line): (.*)$`, 's').exec(problem) ?? []
  const at = reason.lastIndexOf(': ')
  const what = at < 0 ? reason : reason.slice(0, at)
  const todo = at < 0 ? 'correct the line; docs/proxy.md has all directives' : reason.slice(at + 2).replace(/^did you mean (.*)\?$/, 'write $1, if you mean that')
  return finding('error', 'not-loadable', where, [`the proxy does not start: ${what}`, todo])
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

/** The line that names a sentinel; for the master, the line with its name. */
function lineOf(path: string, text: string, address: string): string {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/))
  const isNamed = (word: string): boolean => word === address || hostAndPort(word, 26_379) === address
  const at = lines.findIndex(([first = '', ...words]) => /^sentinel$/i.test(first) && words.some(isNamed))
  const place = at >= 0 ? at : lines.findIndex(([first = '']) => /^master$/i.test(first))
  return place < 0 ? path : `${path}:${place + 1}`
}
