import type { Millis } from '../core/index.ts'
import { error } from '../resp/index.ts'
import type { ErrorReply, RespValue } from '../resp/index.ts'
import type { Client } from './client.ts'
import { subscriptionCount } from './client.ts'
import { arityFits, CommandIndex, type CommandRename } from './command-index.ts'
import type { Answer, CommandSpec } from './command-spec.ts'
import { CLOSE, Control, Deferred, RETRY_LATER, SILENCE } from './command-spec.ts'
import { refuse } from './denial.ts'
import type { CommandEnvironment } from './environment.ts'
import { NOAUTH, unknownCommand, unknownSubcommand, wrongArity } from './errors.ts'
import { ReplyMemo } from './reply-memo.ts'
import { COMMANDS } from './table.ts'

/** Least time between two log lines about a suspected cross-protocol attack. */
const ATTACK_LOG_PERIOD_MS = 60_000

export interface DispatcherOptions extends Omit<CommandEnvironment, 'commands' | 'memo'> {
  /** New names of commands; an empty one removes its command. Default: none. */
  readonly renamedCommands?: readonly CommandRename[]
}

/**
 * Runs requests: one answer for each. The checks have the order of protocol.md 1.1, so that a request with several
 * errors gets the same one as from the original. Nothing here blocks: a command that has to wait returns a `Deferred`.
 */
export class Dispatcher {
  readonly #env: CommandEnvironment
  #attackLoggedAt: Millis | undefined

  constructor({ renamedCommands, ...env }: DispatcherOptions) {
    this.#env = { ...env, commands: new CommandIndex(COMMANDS, renamedCommands), memo: new ReplyMemo(env.view) }
  }

  /** `argv` has one word at least. After RETRY_LATER the caller runs the same request again when the pause ends. */
  run(argv: readonly string[], client: Client): Answer {
    const { commands } = this.#env
    const spec = commands.resolve(argv)
    const refusal = spec === undefined ? this.#refuseUnknown(argv, client) : this.#refusal(spec, argv, client)
    if (refusal instanceof Control) return refusal
    if (client.replyMode === 'skip-next') client.replyMode = 'skipping'
    if (spec === undefined || refusal !== undefined) return afterReplyMode(refusal ?? SILENCE, client)
    return afterReplyMode(this.#execute(spec, argv, client), client)
  }

  #execute(spec: CommandSpec, argv: readonly string[], client: Client): Answer {
    this.#env.counters.commandsProcessed += 1
    const answer = spec.run({ argv, client, env: this.#env })
    // CLIENT CACHING applies to the next command; CLIENT commands do not count.
    if (client.tracking?.caching === true && !spec.fullName.startsWith('client|')) {
      client.tracking = { ...client.tracking, caching: false }
    }
    return answer
  }

  #refuseUnknown(argv: readonly string[], client: Client): ErrorReply | Control {
    const first = argv[0] ?? ''
    const word = first.toLowerCase()
    if (word === 'host:' || word === 'post') {
      this.#logAttack(client)
      return CLOSE
    }
    const container = this.#env.commands.command(first)
    return container === undefined ? unknownCommand(argv) : unknownSubcommand(first, argv[1] ?? '')
  }

  /** Why a known command may not run now, or undefined. */
  #refusal(spec: CommandSpec, argv: readonly string[], client: Client): ErrorReply | Control | undefined {
    if (!arityFits(spec, argv.length)) return wrongArity(spec.fullName)
    client.lastCommand = spec.fullName
    const { access } = this.#env
    if (!client.authenticated && !access.isOpen && !spec.flags.includes('no_auth')) return NOAUTH
    const denial = access.denial(client.user, { command: spec, argv, channels: spec.channels?.(argv) })
    if (denial !== undefined) return refuse(denial, spec, client, this.#env)
    if (client.protocol === 2 && spec.worksWhileSubscribed !== true && subscriptionCount(client) > 0) {
      return error(`ERR Can't execute '${spec.fullName}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`)
    }
    const paused = this.#env.clients.pausedMode()
    return paused === 'all' || (paused === 'write' && spec.isWrite === true) ? RETRY_LATER : undefined
  }

  /** Logs a suspected cross-protocol attack: a web page made a browser send an HTTP request to this port. */
  #logAttack(client: Client): void {
    const { mono } = this.#env.now()
    if (this.#attackLoggedAt !== undefined && mono - this.#attackLoggedAt < ATTACK_LOG_PERIOD_MS) return
    this.#attackLoggedAt = mono
    this.#env.logger.log('warning', `Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance. Connection from ${client.address} aborted.`)
  }
}

/** CLIENT REPLY: commands that run while replies are off get none. Pushes are still sent. */
function afterReplyMode(answer: Answer, client: Client): Answer {
  switch (client.replyMode) {
    case 'on':
      return answer
    case 'skipping':
      client.replyMode = 'on'
      return muted(answer)
    case 'off':
    case 'skip-next':
      return muted(answer)
  }
}

function muted(answer: Answer): Answer {
  if (answer instanceof Deferred) return answer.muted()
  return answer instanceof Control || isPush(answer) ? answer : SILENCE
}

function isPush(value: RespValue): boolean {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  return value.type === 'push' || (value.type === 'sequence' && value.items.every(isPush))
}
