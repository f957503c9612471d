/**
 * SIGHUP: the files are read again, and what an operator has changed in them since takes effect, all of it or nothing
 * (docs/decisions/0058-secrets-and-reload.md). Every change is logged when it is saved; no log line has a secret.
 */
import {
  configChanges, directiveLine, globalChangeLine, mainOf, masterChangeLines, withDirectives, type ConfigChanges,
  type KnownText, type LoadedConfig, type Settings,
} from '../config/index.ts'
import type { DurableState, MasterChange, OperationResult, ReloadOperation, SkippedChange } from '../core/index.ts'
import type { Logger, OperationOutcome, Operator } from '../ports/index.ts'
import { count } from '../text/index.ts'
import type { Extensions, HttpTokens } from './extensions-file.ts'
import { extensionChanges, type ExtensionChanges } from './extension-changes.ts'
import type { LiveTls, TlsReading } from './live-tls.ts'
import { readAgain, type ReadAgain } from './read-again.ts'
import type { Rereader } from './reread.ts'
import { passwordsForCore, settingsWithSecrets } from './secrets.ts'
import { LIVE_TLS_DIRECTIVES } from './tls-changes.ts'
import type { Users } from './users.ts'

export interface ReloaderOptions {
  readonly config: LoadedConfig
  readonly extensions: Extensions
  readonly parts: {
    readonly driver: Operator
    /** `replace`: what the next save writes, and the log level. */
    readonly settings: { readonly get: () => Settings, readonly replace: (settings: Settings) => void }
    readonly known: KnownText
    /** `mainFileRead`: what the main file beside a state file says now. */
    readonly store: { mainFileRead(main: DurableState): void }
  }
  readonly users: Pick<Users, 'changeRequirepass'>
  readonly tls: Pick<LiveTls, 'read'>
  /** Changes what HTTP requests must carry. */
  readonly extras: { changeTokens(tokens: HttpTokens): void }
  /** Warnings about settings that do not fit together, which are logged when they are new. */
  readonly warningsOf: (extensions: Extensions, config: LoadedConfig) => readonly string[]
  readonly logger: Logger
}

/** Directives that take effect while the program runs. */
const LIVE_DIRECTIVES: ReadonlySet<string> = new Set(['loglevel', 'requirepass', ...LIVE_TLS_DIRECTIVES])

export class Reloader {
  readonly #options: ReloaderOptions
  #extensions: Extensions
  /** The requirepass of the configuration file. */
  #ownPassword: string | undefined
  #said: ReadonlySet<string>
  #running: Promise<void> | undefined
  #isWanted = false

  constructor(options: ReloaderOptions) {
    this.#options = options
    this.#extensions = options.extensions
    this.#ownPassword = options.config.settings.requirepass
    this.#said = new Set(options.warningsOf(options.extensions, options.config))
  }

  /** Resolves when the files have been read after this call, and what is different has been saved. */
  reload(rereader: Rereader): Promise<void> {
    this.#isWanted = true
    this.#running ??= this.#run(rereader).finally(() => { this.#running = undefined })
    return this.#running
  }

  async #run(rereader: Rereader): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false
      await this.#reload(rereader)
    }
  }

  async #reload(rereader: Rereader): Promise<void> {
    const { config: { configFile, saved }, parts: { known }, tls } = this.#options
    const read = await readAgain(rereader, {
      configFile,
      // A main file beside a state file is never written.
      known: saved.state === undefined ? known : undefined,
    })
    if (!read.ok) {
      this.#refuse(read.problems)
      return
    }
    const certificates = tls.read(settingsWithSecrets(read.after.settings, read.extensions.secrets).tls)
    if (certificates.problem !== undefined) {
      this.#refuse([certificates.problem])
      return
    }
    const changes = {
      config: configChanges(read.before, read.after),
      extensions: extensionChanges(this.#extensions, read.extensions),
      certificates,
    }
    if (isDifferent(changes)) await this.#apply(read, changes, () => { rereader.use(read.texts) })
    else {
      // Only comments may be new: a save keeps them.
      if (saved.state === undefined && !known.isOwn(read.mainText)) known.accept(read.mainText)
      rereader.use(read.texts)
      this.#options.logger.log('notice', 'Reload: nothing has changed')
    }
  }

  #refuse(problems: readonly string[]): void {
    for (const problem of problems) this.#options.logger.log('warning', `Reload: ${problem}`)
    this.#options.logger.log('warning', `Reload refused because of ${count(problems.length, 'problem')}: nothing has changed`)
  }

  async #apply(read: ReadAgain, changes: Changes, use: () => void): Promise<void> {
    const { parts: { driver, settings, known, store }, users, extras, config: { saved } } = this.#options
    const before = { settings: settings.get(), requirepass: this.#requirepass(this.#extensions) }
    const ownBefore = this.#ownPassword
    this.#ownPassword = read.after.settings.requirepass
    const requirepass = this.#requirepass(read.extensions)
    // The save that follows writes these as well.
    settings.replace(withDirectives(before.settings, read.after.settings, changes.config.directives))
    const [mainBefore, mainAfter] = [read.before.saved.state?.main, read.after.saved.state?.main]
    if (mainAfter !== undefined) store.mainFileRead(mainAfter)
    const isEdited = saved.state === undefined && !known.isOwn(read.mainText)
    if (isEdited) known.accept(read.mainText)
    const isNewForClients = requirepass === before.requirepass || users.changeRequirepass(requirepass)
    const outcome = await submit(driver, operationOf(read, changes.config, requirepass))
    if (outcome.result.kind !== 'reloaded') {
      settings.replace(before.settings)
      if (isEdited) known.accept(undefined)
      if (mainBefore !== undefined) store.mainFileRead(mainBefore)
      if (isNewForClients && requirepass !== before.requirepass) users.changeRequirepass(before.requirepass)
      this.#ownPassword = ownBefore
      this.#refuse([refusalText(outcome.result)])
      return
    }
    use()
    if (changes.extensions.tokens !== undefined) extras.changeTokens(changes.extensions.tokens)
    changes.certificates.use()
    this.#extensions = read.extensions
    this.#report(read, changes, { outcome, skipped: outcome.result.skipped, isNewForClients })
  }

  /** The password of clients. */
  #requirepass({ secrets }: Extensions): string | undefined {
    return secrets.requirepass ?? this.#ownPassword
  }

  #report(
    read: ReadAgain, { config, extensions, certificates }: Changes, { outcome, skipped, isNewForClients }: Applied,
  ): void {
    const { logger, warningsOf } = this.#options
    const now = [...configLines(read, config, skipped), ...extensions.now, ...certificates.changes]
    const later = [
      ...config.directives.filter((name) => !LIVE_DIRECTIVES.has(name)).map((name) => directiveText(read, name)),
      ...config.renames ? ['rename-command lines changed'] : [],
      ...config.stateFile ? ['state-config-file changed'] : [],
      ...extensions.later,
    ]
    for (const line of now) logger.log('notice', `Reload: ${line}`)
    for (const line of later) logger.log('warning', `Reload: ${line}; takes effect at the next start`)
    const warnings = warningsOf(read.extensions, read.after)
    const ignored = [
      ...skipped.map(skippedText), ...isNewForClients ? [] : [PASSWORD_OF_A_USER], ...config.users ? [USERS] : [],
      ...config.state ? [OWN_LINES] : [], ...warnings.filter((one) => !this.#said.has(one)),
    ]
    for (const line of ignored) logger.log('warning', `Reload: ${line}`)
    this.#said = new Set(warnings)
    const total = count(now.length, 'change')
    if (outcome.save === 'failed') logger.log('warning', `Reload: ${total} made, but not saved yet; the save is tried again`)
    else if (now.length > 0) logger.log('notice', `Reload: ${total} made and saved`)
    else logger.log('notice', 'Reload: nothing takes effect now')
  }
}

interface Changes {
  readonly config: ConfigChanges
  readonly extensions: ExtensionChanges
  readonly certificates: TlsReading
}

function isDifferent({ config, extensions: { now, later }, certificates }: Changes): boolean {
  const { masters, globals, directives, users, renames, state, stateFile } = config
  const lists = [masters, globals, directives, now, later, certificates.changes]
  return users || renames || state || stateFile || lists.some((list) => list.length > 0)
}

interface Applied {
  readonly outcome: OperationOutcome
  readonly skipped: readonly SkippedChange[]
  /** False: the default user is not defined by requirepass. */
  readonly isNewForClients: boolean
}

function operationOf(
  { extensions }: ReadAgain, { masters, globals }: ConfigChanges, requirepass: string | undefined,
): ReloadOperation {
  const { protection, secrets } = extensions
  return { kind: 'reload', protection, outsidePasswords: passwordsForCore(secrets), requirepass, masters, globals }
}

function submit(operator: Operator, operation: ReloadOperation): Promise<OperationOutcome> {
  return new Promise((resolve) => { operator.submit(operation, resolve) })
}

function configLines(
  { before, after }: ReadAgain, { masters, globals, directives }: ConfigChanges, skipped: readonly SkippedChange[],
): string[] {
  const old = mainOf(before).masters
  const isDone = ({ name, kind }: MasterChange) => !skipped.some((one) => one.master === name && one.change === kind)
  return [
    ...masters.filter(isDone).flatMap((change) => masterChangeLines(change, old)),
    ...globals.map(globalChangeLine),
    ...directives.filter((name) => LIVE_DIRECTIVES.has(name))
      .map((name) => directiveLine(name, before.settings, after.settings)),
  ]
}

function directiveText({ before, after }: ReadAgain, name: string): string {
  return directiveLine(name, before.settings, after.settings)
}

const SKIPPED: Readonly<Record<SkippedChange['why'], string>> = {
  'already-monitored': 'it is monitored already; use SENTINEL SET for its settings',
  'not-monitored': 'it is not monitored any more',
  'node-of-this-master': 'the address in the file is that of a known node of this master, as in a file from before a failover; '
    + 'use SENTINEL FAILOVER to move the role',
}

const KINDS: Readonly<Record<SkippedChange['change'], string>> = {
  add: 'added', remove: 'removed', move: 'moved', set: 'changed',
}

function skippedText({ master, change, why }: SkippedChange): string {
  return `${master} is not ${KINDS[change]}: ${SKIPPED[why]}`
}

function refusalText(result: Exclude<OperationResult, { kind: 'reloaded' }>): string {
  if (result.kind !== 'refused') return `unexpected result ${result.kind}`
  const { error, master } = result
  switch (error) {
    case 'invalid-port':
      return `the port of ${master} is not a port number`
    case 'unresolvable-address':
      return `the host of ${master} cannot be used: write an IP address, or set resolve-hostnames`
    case 'too-many-masters':
      return `there would be too many masters at ${master}`
    case 'names-in-use':
      return 'resolve-hostnames cannot be turned off while nodes are known by names'
    default:
      return error
  }
}

const PASSWORD_OF_A_USER = 'requirepass is not the new password of clients: a user line, an aclfile or ACL SETUSER defines the default '
  + 'user. It is sent to other sentinels only; use ACL SETUSER default'
const USERS = 'user lines changed, but are not read again: use ACL SETUSER or ACL LOAD. A save writes the present users'
const OWN_LINES = 'known-replica, known-sentinel, epoch and myid lines changed, but are not read again: the sentinel writes them'
