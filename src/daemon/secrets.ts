/**
 * Passwords from files and variables that [secrets] and [master <name>] of ts-sentinel.ini name. They are used in the
 * place of those in sentinel.conf, and no file is ever written with them
 * (docs/decisions/0058-secrets-and-reload.md).
 */
import type { LoadedConfig, Settings } from '../config/index.ts'
import type { DurableMaster, OutsidePasswords } from '../core/index.ts'

export interface Secrets {
  readonly requirepass: string | undefined
  readonly sentinelPass: string | undefined
  /** For every master that `authPassOf` does not name. */
  readonly authPass: string | undefined
  /** By the name of the master. */
  readonly authPassOf: ReadonlyMap<string, string>
  readonly tlsKeyFilePass: string | undefined
  readonly tlsClientKeyFilePass: string | undefined
}

export const NO_SECRETS: Secrets = Object.freeze({
  requirepass: undefined, sentinelPass: undefined, authPass: undefined, authPassOf: new Map<string, string>(),
  tlsKeyFilePass: undefined, tlsClientKeyFilePass: undefined,
})

/** Those that the core uses. */
export function passwordsForCore({ sentinelPass, authPass, authPassOf }: Secrets): OutsidePasswords {
  return { sentinelPass, authPass, authPassOf }
}

/** The settings as they are used. They must not be saved: the values that a save writes are left as they are. */
export function settingsWithSecrets(settings: Settings, secrets: Secrets): Settings {
  const { tls } = settings
  return {
    ...settings,
    requirepass: secrets.requirepass ?? settings.requirepass,
    tls: {
      ...tls,
      keyFilePass: secrets.tlsKeyFilePass ?? tls.keyFilePass,
      clientKeyFilePass: secrets.tlsClientKeyFilePass ?? tls.clientKeyFilePass,
    },
  }
}

/** The configuration as it is used, for `ts-sentinel check`. */
export function configWithSecrets(config: LoadedConfig, secrets: Secrets): LoadedConfig {
  const { durable } = config
  return {
    ...config,
    settings: settingsWithSecrets(config.settings, secrets),
    durable: {
      ...durable,
      sentinelPass: secrets.sentinelPass ?? durable.sentinelPass,
      masters: durable.masters.map((master) => withAuthPass(master, secrets)),
    },
  }
}

function withAuthPass(master: DurableMaster, { authPass, authPassOf }: Secrets): DurableMaster {
  const password = authPassOf.get(master.name) ?? authPass
  return password === undefined ? master : { ...master, settings: { ...master.settings, authPass: password } }
}

/** Log lines about lines of sentinel.conf that have no effect because ts-sentinel.ini names another secret. */
export function overriddenLines({ settings, durable }: LoadedConfig, secrets: Secrets): string[] {
  const { tls } = settings
  const isInBoth = (one: string | undefined, other: string | undefined) => one !== undefined && other !== undefined
  const lines = [
    ...isInBoth(settings.requirepass, secrets.requirepass) ? ['requirepass'] : [],
    ...isInBoth(durable.sentinelPass, secrets.sentinelPass) ? ['sentinel sentinel-pass'] : [],
    ...durable.masters
      .filter(({ name, settings: own }) => isInBoth(own.authPass, secrets.authPassOf.get(name) ?? secrets.authPass))
      .map(({ name }) => `sentinel auth-pass ${name}`),
    ...isInBoth(tls.keyFilePass, secrets.tlsKeyFilePass) ? ['tls-key-file-pass'] : [],
    ...isInBoth(tls.clientKeyFilePass, secrets.tlsClientKeyFilePass) ? ['tls-client-key-file-pass'] : [],
  ]
  const replaced = lines.map((line) => (
    `WARNING: sentinel.conf has a line '${line}', and the settings file names another secret, which is used. `
    + 'Remove the line from sentinel.conf, and send SIGHUP if the sentinel runs.'
  ))
  const isUserDefined = settings.aclFile !== undefined || settings.users.some(({ name }) => name === 'default')
  return secrets.requirepass !== undefined && isUserDefined ? [...replaced, DEFAULT_USER_WINS] : replaced
}

const DEFAULT_USER_WINS = "WARNING: The secret requirepass of the settings file is not the password of clients, because an aclfile or a 'user default' "
  + 'line defines the default user. It is sent to other sentinels only. Remove one of the two.'
