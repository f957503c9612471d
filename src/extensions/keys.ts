/** The sections of ts-sentinel.ini and their keys. */

/** The keys of each section, in the order in which `conf/ts-sentinel.ini` describes them. */
export const SECTION_KEYS = Object.freeze({
  http: ['listen', 'token', 'token-file', 'allowed-hosts'],
  log: ['format'],
  webhook: ['url', 'events', 'secret', 'secret-file', 'timeout', 'retries'],
} as const)

export type SectionKind = keyof typeof SECTION_KEYS

/** How section headers are written; a `webhook` section has a name. */
export const SECTION_FORMS: readonly string[] = ['[http]', '[log]', '[webhook.<name>]']
