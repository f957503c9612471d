/**
 * Checks the Host header. A page of another site can make a browser send requests here and read the answers if the name
 * of that site is made to resolve to our address (DNS rebinding). The browser then sends that name, so a name is
 * accepted only when it is known to be ours. An address cannot be rebound and is always accepted.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'

/**
 * Paths without a check. Their answers have nothing about masters, or only what a supervisor needs without any setting.
 */
const FREE_PATHS: ReadonlySet<string> = new Set(['/', '/livez', '/readyz'])

/** Paths for programs, which use names such as those of services. They are checked only for requests of browsers. */
const PROGRAM_PATHS = /^\/metrics$|^\/masters\/[^/]+\/primary$/

/** Headers that browsers send with every request, including those of scripts. Programs that use these paths do not. */
const BROWSER_HEADERS: readonly string[] = ['accept-language', 'origin', 'referer', 'sec-fetch-mode', 'sec-fetch-site']

export class AllowedHosts {
  readonly #names: ReadonlySet<string>
  /** Endings of allowed names, such as `.example.com`. */
  readonly #endings: readonly string[]
  readonly #allowsAll: boolean

  /** `configured` has names, `*.<domain>` for all names below a domain, or `*` for every name. */
  constructor(listen: string, configured: readonly string[]) {
    const names = configured.map((name) => plain(name))
    this.#allowsAll = names.includes('*')
    this.#endings = ['.localhost', ...names.filter((name) => name.startsWith('*.')).map((name) => name.slice(1))]
    this.#names = new Set(['localhost', plain(listen), plain(hostname()), ...names])
  }

  /** Whether a request for `path` may be answered. */
  allows(path: string, headers: IncomingHttpHeaders): boolean {
    if (FREE_PATHS.has(path)) return true
    if (PROGRAM_PATHS.test(path) && !BROWSER_HEADERS.some((name) => headers[name] !== undefined)) return true
    const { host } = headers
    // Only HTTP/1.0 allows requests without this header, and no browser uses that.
    return host === undefined || this.#isOurs(host)
  }

  #isOurs(host: string): boolean {
    if (this.#allowsAll) return true
    const name = withoutPort(plain(host))
    return isIP(name) !== 0 || this.#names.has(name) || this.#endings.some((ending) => name.endsWith(ending))
  }
}

/** The form in which names are compared: lower case, without the dot at their end. */
function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}

function withoutPort(host: string): string {
  const [, bracketed, name] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? []
  return bracketed ?? plain(name ?? host)
}
