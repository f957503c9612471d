/**
 * The Host header. A page of another site can make a browser send requests here and read the answers when the name of
 * that site is made to resolve to our address (DNS rebinding). The browser then sends that name, so a name is accepted
 * only when it is known to be ours. An address cannot be rebound and is always accepted.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'

/** Paths that hold nothing about the masters, or less than a supervisor must be told without any setting. */
const FREE_PATHS: ReadonlySet<string> = new Set(['/', '/livez', '/readyz'])

/** Paths for programs, which ask by names such as those of services: checked only when a browser asks. */
const PROGRAM_PATHS = /^\/metrics$|^\/masters\/[^/]+\/primary$/

/** Headers that browsers send with every request, also when a script asks; the programs meant above send none. */
const BROWSER_HEADERS: readonly string[] = ['accept-language', 'origin', 'referer', 'sec-fetch-mode', 'sec-fetch-site']

export class AllowedHosts {
  readonly #names: ReadonlySet<string>
  /** Such as `.example.com`. */
  readonly #endings: readonly string[]
  readonly #allowsAll: boolean

  /** `configured` are names, `*.<domain>` for all below a domain, or `*` for every name. */
  constructor(listen: string, configured: readonly string[]) {
    const names = configured.map((name) => plain(name))
    this.#allowsAll = names.includes('*')
    this.#endings = ['.localhost', ...names.filter((name) => name.startsWith('*.')).map((name) => name.slice(1))]
    this.#names = new Set(['localhost', plain(listen), plain(hostname()), ...names])
  }

  /** Whether the request may be answered. `path` is the one that is asked for. */
  allows(path: string, headers: IncomingHttpHeaders): boolean {
    if (FREE_PATHS.has(path)) return true
    if (PROGRAM_PATHS.test(path) && !BROWSER_HEADERS.some((name) => headers[name] !== undefined)) return true
    const { host } = headers
    // Only HTTP/1.0 may leave it out, and no browser does.
    return host === undefined || this.#isOurs(host)
  }

  #isOurs(host: string): boolean {
    if (this.#allowsAll) return true
    const name = withoutPort(plain(host))
    return isIP(name) !== 0 || this.#names.has(name) || this.#endings.some((ending) => name.endsWith(ending))
  }
}

/** Names do not care about case, nor about the dot at their end. */
function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}

function withoutPort(host: string): string {
  const [, bracketed, name] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? []
  return bracketed ?? plain(name ?? host)
}
