/** The entry point of the settings in ts-sentinel.ini: reads and checks them. */
export type { IniEntry } from './entries.ts'
export { SECTION_FORMS, SECTION_KEYS } from './keys.ts'
export type { Problem } from './lines.ts'
export { parseExtensions, type ParseOptions, type ParseResult } from './parse.ts'
export {
  DEFAULT_EXTENSIONS, PROTECTION_DEFAULTS, WEBHOOK_DEFAULTS,
  type ExtensionSettings, type HttpSettings, type MasterProtection, type OutsideSecret, type ProtectionExtension,
  type Secret, type SecretsExtension, type WebhookSettings,
} from './settings.ts'
