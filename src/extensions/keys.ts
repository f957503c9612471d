/** The sections of ts-sentinel.ini and their keys. */

/** Keys that hold for all masters in [protection], and for one in a section of its own. */
const PROTECTION_KEYS = ['crash-detection', 'empty-master', 'witnesses', 'witness-max'] as const

/** The keys of each section, in the order in which `conf/ts-sentinel.ini` describes them. */
export const SECTION_KEYS = Object.freeze({
  http: ['listen', 'token', 'token-file', 'allowed-hosts'],
  log: ['format'],
  webhook: ['url', 'events', 'secret', 'secret-file', 'timeout', 'retries'],
  protection: PROTECTION_KEYS,
  master: PROTECTION_KEYS,
} as const)

export type SectionKind = keyof typeof SECTION_KEYS

/** How section headers are written; `webhook` and `master` sections have a name. */
export const SECTION_FORMS: readonly string[] = ['[http]', '[log]', '[webhook.<name>]', '[protection]', '[master <name>]']
