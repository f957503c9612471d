/** The sections of ts-sentinel.ini and their keys. */

/** Keys that hold for all masters in [protection], and for one in a section of its own. */
const PROTECTION_KEYS = [
  'crash-detection', 'empty-master', 'witnesses', 'witness-max', 'forget-dead-replicas-after', 'forget-dead-sentinels-after',
] as const

/** Where the password of data nodes is: for all masters in [secrets], for one in its section. */
const AUTH_PASS_KEYS = ['auth-pass-file', 'auth-pass-env'] as const

/** Keys of one master alone. */
const PLACEMENT_KEYS = ['prefer-zone', 'never-promote-in', 'max-lag-bytes', 'max-lag-strict'] as const

/** What the keys that name the zone of one node begin with. */
export const ZONE_PREFIX = 'zone.'

/** The keys of each section, in the order in which `conf/ts-sentinel.ini` describes them. */
export const SECTION_KEYS = Object.freeze({
  http: ['listen', 'token', 'token-file', 'actions-token', 'actions-token-file', 'allowed-hosts'],
  log: ['format'],
  webhook: ['url', 'events', 'secret', 'secret-file', 'timeout', 'retries'],
  secrets: [
    'requirepass-file', 'requirepass-env', 'sentinel-pass-file', 'sentinel-pass-env', ...AUTH_PASS_KEYS,
    'tls-key-file-pass-file', 'tls-key-file-pass-env', 'tls-client-key-file-pass-file', 'tls-client-key-file-pass-env',
  ],
  protection: PROTECTION_KEYS,
  master: [...PROTECTION_KEYS, ...AUTH_PASS_KEYS, ...PLACEMENT_KEYS],
} as const)

export type SectionKind = keyof typeof SECTION_KEYS

/** Whether a section may have this key. */
export function isKeyOf(kind: SectionKind, key: string): boolean {
  const keys: readonly string[] = SECTION_KEYS[kind]
  return keys.includes(key) || (kind === 'master' && key.startsWith(ZONE_PREFIX))
}

/** The keys of a section, for messages. */
export function keysText(kind: SectionKind): string {
  return [...SECTION_KEYS[kind], ...kind === 'master' ? [`${ZONE_PREFIX}<host>:<port>`] : []].join(', ')
}

/** How section headers are written; `webhook` and `master` sections have a name. */
export const SECTION_FORMS: readonly string[] = [
  '[http]', '[log]', '[webhook.<name>]', '[secrets]', '[protection]', '[master <name>]',
]
