import type { AclCommand, CommandCatalogue } from './catalogue.ts'
import { type ChannelClaim, ChannelPatterns, type GlobMatch } from './channel-patterns.ts'
import { CommandRights } from './command-rights.ts'
import { KeyPatterns } from './key-patterns.ts'
import { SYNTAX } from './reasons.ts'

/** What the rules depend on. */
export interface AclContext {
  readonly catalogue: CommandCatalogue
  readonly globMatch: GlobMatch
  /** Lower-case hexadecimal, of the bytes that the text encodes. */
  readonly sha256: (text: string) => string
  /** `acl-pubsub-default allchannels`: new users and selectors may use every channel. */
  readonly allChannelsByDefault: boolean
}

/** A command that a client wants to run. */
export interface AclRequest {
  readonly command: AclCommand
  readonly argv: readonly string[]
  readonly channels: ChannelClaim | undefined
}

export type Denial =
  | { readonly reason: 'command' }
  /** `position`: index of the first channel that is not allowed. */
  | { readonly reason: 'channel', readonly channel: string, readonly position: number }

export interface SelectorDescription {
  readonly commands: string
  readonly keys: string
  readonly channels: string
}

/**
 * A set of commands, keys and channels that are allowed together. Every user has one, and more if it has rules in
 * parentheses.
 */
export class Selector {
  readonly #context: AclContext
  readonly #commands: CommandRights
  readonly #keys: KeyPatterns
  readonly #channels: ChannelPatterns

  private constructor(context: AclContext, commands: CommandRights, keys: KeyPatterns, channels: ChannelPatterns) {
    this.#context = context
    this.#commands = commands
    this.#keys = keys
    this.#channels = channels
  }

  static empty(context: AclContext): Selector {
    const channels = new ChannelPatterns()
    if (context.allChannelsByDefault) channels.allowAll()
    return new Selector(context, new CommandRights(context.catalogue), new KeyPatterns(), channels)
  }

  clone(): Selector {
    return new Selector(this.#context, this.#commands.clone(), this.#keys.clone(), this.#channels.clone())
  }

  get size(): number {
    return 1 + this.#commands.size + this.#keys.size + this.#channels.size
  }

  /** Returns why the rule cannot be applied; then nothing has changed. */
  apply(rule: string): string | undefined {
    switch (rule.toLowerCase()) {
      case 'allkeys':
      case '~*':
        return void this.#keys.allowAll()
      case 'resetkeys':
        return void this.#keys.reset()
      case 'allchannels':
      case '&*':
        return void this.#channels.allowAll()
      case 'resetchannels':
        return void this.#channels.reset()
      case 'allcommands':
        return void this.#commands.setAll('+@all')
      case 'nocommands':
        return void this.#commands.setAll('-@all')
      default:
        return this.#applyPrefixed(rule)
    }
  }

  denial({ command, argv, channels }: AclRequest): Denial | undefined {
    if (!this.#commands.allows(command, argv)) return { reason: 'command' }
    if (channels === undefined) return undefined
    const position = channels.names.findIndex((name) => !this.allowsChannel(channels.kind, name))
    const channel = channels.names[position]
    return channel === undefined ? undefined : { reason: 'channel', channel, position }
  }

  allowsChannel(kind: ChannelClaim['kind'], name: string): boolean {
    return this.#channels.allows(kind, name, this.#context.globMatch)
  }

  get hasChannels(): boolean {
    return this.#channels.words().length > 0
  }

  /** Whether it allows a command that names channels. */
  get allowsPubsub(): boolean {
    return this.#context.catalogue.category('pubsub')?.some((command) => this.#commands.allows(command, [])) ?? false
  }

  describe(): SelectorDescription {
    return {
      commands: this.#commands.words().join(' '),
      keys: this.#keys.words().join(' '),
      channels: this.#channels.words().join(' '),
    }
  }

  lineWords(): readonly string[] {
    return [...this.#keys.words(), ...this.#channels.lineWords(), ...this.#commands.words()]
  }

  #applyPrefixed(rule: string): string | undefined {
    switch (rule.charAt(0)) {
      case '~':
      case '%':
        return this.#keys.add(rule)
      case '&':
        return this.#channels.add(rule)
      case '+':
      case '-':
        return this.#commands.apply(rule)
      default:
        return SYNTAX
    }
  }
}
