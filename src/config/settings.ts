/**
 * The settings of the daemon in types. They are derived from the directive values, which are kept beside them: a change
 * of a setting is made as a change of its directive, so that the next rewrite has it as well.
 */
import { findDirective, DIRECTIVES } from './directives/table.ts'
import { readDirective } from './directives/read.ts'
import type { Words } from './directives/directive.ts'
import { readMemory } from './number-readers.ts'
import { accepted, refused, type Outcome } from './outcome.ts'

/** The settings of the process; those of the masters are part of the durable state. */
export interface Settings {
  readonly port: number
  /** 0 = none. */
  readonly tlsPort: number
  /** As written, with the `-` of optional ones; empty = no TCP at all. */
  readonly bind: readonly string[]
  readonly bindSourceAddress: string | undefined
  readonly unixSocket: string | undefined
  /** 0 = as the umask leaves them. */
  readonly unixSocketPermissions: number
  readonly protectedMode: boolean
  readonly idleTimeoutSeconds: number
  readonly tcpKeepaliveSeconds: number
  readonly tcpBacklog: number
  readonly maxClients: number
  readonly maxNewConnectionsPerCycle: number
  readonly outputBufferLimits: Readonly<Record<'normal' | 'replica' | 'pubsub', OutputBufferLimit>>
  readonly queryBufferLimitBytes: number
  readonly maxBulkLengthBytes: number
  readonly requirepass: string | undefined
  readonly aclFile: string | undefined
  readonly aclPubsubDefault: 'allchannels' | 'resetchannels'
  readonly aclLogMaxLength: number
  /** `user` lines as they were read. */
  readonly users: readonly UserLine[]
  /** Top-level rename-command lines in order; an empty new name removes the command. */
  readonly renamedCommands: readonly (readonly [string, string])[]
  readonly tls: TlsSettings
  /** The working directory, absolute. */
  readonly directory: string
  /** Empty = standard output. */
  readonly logFile: string
  readonly logLevel: 'debug' | 'verbose' | 'notice' | 'warning' | 'nothing'
  readonly syslog: { readonly enabled: boolean, readonly ident: string, readonly facility: string }
  readonly pidFile: string | undefined
  readonly daemonize: boolean
  readonly supervised: 'no' | 'auto' | 'systemd' | 'upstart'
  readonly alwaysShowLogo: boolean
  readonly setProcessTitle: boolean
  readonly processTitleTemplate: string
  readonly ioThreads: number
  /** The standard directives that were set, by name. `directiveValue` gives the defaults of the others. */
  readonly values: DirectiveValues
}

export type DirectiveValues = ReadonlyMap<string, Words>

/** The output limits of one class of clients; 0 = no limit. */
export interface OutputBufferLimit {
  readonly hardBytes: number
  readonly softBytes: number
  readonly softSeconds: number
}

export interface UserLine {
  readonly name: string
  readonly rules: readonly string[]
}

export interface TlsSettings {
  /** TLS on all outgoing connections (tls-replication). */
  readonly replication: boolean
  readonly cluster: boolean
  readonly authClients: 'yes' | 'no' | 'optional'
  readonly certFile: string | undefined
  readonly keyFile: string | undefined
  readonly keyFilePass: string | undefined
  readonly clientCertFile: string | undefined
  readonly clientKeyFile: string | undefined
  readonly clientKeyFilePass: string | undefined
  readonly caCertFile: string | undefined
  readonly caCertDir: string | undefined
  readonly protocols: string | undefined
  readonly ciphers: string | undefined
  readonly ciphersuites: string | undefined
  readonly preferServerCiphers: boolean
  readonly sessionCaching: boolean
  readonly sessionCacheSize: number
  readonly sessionCacheTimeoutSeconds: number
  readonly dhParamsFile: string | undefined
}

/** The initial directive values of a Sentinel. */
export function sentinelDefaults(): Map<string, Words> {
  const values = new Map<string, Words>()
  for (const { name, sentinelInitial } of DIRECTIVES) {
    if (sentinelInitial !== undefined) values.set(name, sentinelInitial)
  }
  return values
}

/** The value of a directive; its default where it was not set. */
export function directiveValue(values: DirectiveValues, name: string): Words {
  return values.has(name) ? values.get(name) : findDirective(name)?.initial
}

export interface SettingsParts {
  readonly values: DirectiveValues
  readonly users: readonly UserLine[]
  readonly renamedCommands: readonly (readonly [string, string])[]
  readonly directory: string
}

export function settingsFrom({ values, users, renamedCommands, directory }: SettingsParts): Settings {
  const read = new SettingsReader(values)
  return {
    ...listening(read),
    ...clientLimits(read),
    ...security(read),
    ...processSettings(read),
    tls: tlsSettings(read),
    users,
    renamedCommands,
    directory,
    values,
  }
}

/**
 * The settings after the line `name args…` was read. For changes at run time (`loglevel`, `maxclients` lowered to what
 * the system allows, `pidfile` and `supervised` made explicit). Refused in the original's words.
 */
export function changeSetting(settings: Settings, name: string, args: readonly string[]): Outcome<Settings> {
  const directive = findDirective(name)
  if (directive === undefined) return refused(`unknown directive '${name}'`)
  const previous = directiveValue(settings.values, directive.name)
  const reading = readDirective(directive, args, { previous, unixSocket: settings.unixSocket ?? '' })
  if (!reading.ok) return reading
  return accepted(settingsFrom({ ...settings, values: new Map(settings.values).set(directive.name, reading.value) }))
}

/** Typed access to canonical words. Every value has been validated, so nothing here can fail. */
class SettingsReader {
  readonly #values: DirectiveValues

  constructor(values: DirectiveValues) {
    this.#values = values
  }

  words(name: string): readonly string[] {
    return directiveValue(this.#values, name) ?? []
  }

  /** Undefined when unset or empty. */
  optional(name: string): string | undefined {
    return this.text(name) || undefined
  }

  text(name: string): string {
    return this.words(name)[0] ?? ''
  }

  flag(name: string): boolean {
    return this.text(name) === 'yes'
  }

  number(name: string): number {
    return Number(this.text(name))
  }

  bytes(name: string): number {
    return Number(readMemory(this.text(name)) ?? 0n)
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[], fallback: Choice): Choice {
    return choices.find((choice) => choice === this.text(name)) ?? fallback
  }
}

function listening(read: SettingsReader) {
  return {
    port: read.number('port'),
    tlsPort: read.number('tls-port'),
    bind: read.words('bind'),
    bindSourceAddress: read.optional('bind-source-addr'),
    unixSocket: read.optional('unixsocket'),
    unixSocketPermissions: Number.parseInt(read.text('unixsocketperm'), 8),
    protectedMode: read.flag('protected-mode'),
    tcpBacklog: read.number('tcp-backlog'),
  }
}

function clientLimits(read: SettingsReader) {
  return {
    idleTimeoutSeconds: read.number('timeout'),
    tcpKeepaliveSeconds: read.number('tcp-keepalive'),
    maxClients: read.number('maxclients'),
    maxNewConnectionsPerCycle: read.number('max-new-connections-per-cycle'),
    outputBufferLimits: outputBufferLimits(read.words('client-output-buffer-limit')),
    queryBufferLimitBytes: read.bytes('client-query-buffer-limit'),
    maxBulkLengthBytes: read.bytes('proto-max-bulk-len'),
    ioThreads: read.number('io-threads'),
  }
}

function outputBufferLimits(words: readonly string[]): Settings['outputBufferLimits'] {
  const limit = (name: string): OutputBufferLimit => {
    const [hard = '0', soft = '0', seconds = '0'] = words.slice(words.indexOf(name) + 1)
    return {
      hardBytes: Number(readMemory(hard) ?? 0n),
      softBytes: Number(readMemory(soft) ?? 0n),
      softSeconds: Number(seconds),
    }
  }
  return { normal: limit('normal'), replica: limit('replica'), pubsub: limit('pubsub') }
}

function security(read: SettingsReader) {
  return {
    requirepass: read.optional('requirepass'),
    aclFile: read.optional('aclfile'),
    aclPubsubDefault: read.choice('acl-pubsub-default', ['allchannels', 'resetchannels'], 'resetchannels'),
    aclLogMaxLength: read.number('acllog-max-len'),
  }
}

function processSettings(read: SettingsReader) {
  return {
    logFile: read.text('logfile'),
    logLevel: read.choice('loglevel', ['debug', 'verbose', 'notice', 'warning', 'nothing'], 'notice'),
    syslog: {
      enabled: read.flag('syslog-enabled'), ident: read.text('syslog-ident'), facility: read.text('syslog-facility'),
    },
    pidFile: read.optional('pidfile'),
    daemonize: read.flag('daemonize'),
    supervised: read.choice('supervised', ['no', 'auto', 'systemd', 'upstart'], 'no'),
    alwaysShowLogo: read.flag('always-show-logo'),
    setProcessTitle: read.flag('set-proc-title'),
    processTitleTemplate: read.text('proc-title-template'),
  }
}

function tlsSettings(read: SettingsReader): TlsSettings {
  return {
    replication: read.flag('tls-replication'),
    cluster: read.flag('tls-cluster'),
    authClients: read.choice('tls-auth-clients', ['yes', 'no', 'optional'], 'yes'),
    certFile: read.optional('tls-cert-file'),
    keyFile: read.optional('tls-key-file'),
    keyFilePass: read.optional('tls-key-file-pass'),
    clientCertFile: read.optional('tls-client-cert-file'),
    clientKeyFile: read.optional('tls-client-key-file'),
    clientKeyFilePass: read.optional('tls-client-key-file-pass'),
    caCertFile: read.optional('tls-ca-cert-file'),
    caCertDir: read.optional('tls-ca-cert-dir'),
    protocols: read.optional('tls-protocols'),
    ciphers: read.optional('tls-ciphers'),
    ciphersuites: read.optional('tls-ciphersuites'),
    preferServerCiphers: read.flag('tls-prefer-server-ciphers'),
    sessionCaching: read.flag('tls-session-caching'),
    sessionCacheSize: read.number('tls-session-cache-size'),
    sessionCacheTimeoutSeconds: read.number('tls-session-cache-timeout'),
    dhParamsFile: read.optional('tls-dh-params-file'),
  }
}
