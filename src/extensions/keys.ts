/** The sections and their keys: what the file may hold. */

/** In the order in which `conf/ts-sentinel.ini` describes them. */
export const SECTION_KEYS = Object.freeze({
  http: ['listen', 'token', 'token-file', 'allowed-hosts'],
  log: ['format'],
  webhook: ['url', 'events', 'secret', 'secret-file', 'timeout', 'retries'],
} as const)

export type SectionKind = keyof typeof SECTION_KEYS

/** How a section is written; `webhook` sections have names. */
export const SECTION_FORMS: readonly string[] = ['[http]', '[log]', '[webhook.<name>]']
