import type { Denial, Refusal } from '../acl/index.ts'
import { error } from '../resp/index.ts'
import type { ErrorReply } from '../resp/index.ts'
import type { Client } from './client.ts'
import { clientLine } from './client-line.ts'
import type { CommandSpec } from './command-spec.ts'
import type { CommandEnvironment } from './environment.ts'

/** Why a user may not run a command, without the error code, as in ACL DRYRUN (protocol.md 5.6). */
export function denialText(denial: Denial, user: string, spec: CommandSpec): string {
  switch (denial.reason) {
    case 'command':
      return `User ${user} has no permissions to run the '${spec.fullName}' command`
    case 'channel':
      return `User ${user} has no permissions to access the '${denial.channel}' channel`
  }
}

/** Counts a refused request, adds it to ACL LOG and returns its error. */
export function refuse(denial: Denial, spec: CommandSpec, client: Client, env: CommandEnvironment): ErrorReply {
  const { counters } = env
  switch (denial.reason) {
    case 'command':
      counters.deniedCommands += 1
      logRefusal({ reason: 'command', object: spec.fullName, user: client.user }, client, env)
      return error(`NOPERM ${denialText(denial, client.user, spec)}`)
    case 'channel':
      counters.deniedChannels += 1
      logRefusal({ reason: 'channel', object: denial.channel, user: client.user }, client, env)
      return error('NOPERM No permissions to access a channel')
  }
}

/** Refuses an AUTH or HELLO with a wrong name or password. `typed` is the command as the client sent it. */
export function refuseLogin(typed: string, user: string, client: Client, env: CommandEnvironment): void {
  env.counters.deniedAuth += 1
  logRefusal({ reason: 'auth', object: typed, user }, client, env)
}

function logRefusal(refused: Omit<Refusal, 'clientInfo'>, client: Client, { aclLog, now }: CommandEnvironment): void {
  const { mono, wall } = now()
  aclLog.add({ ...refused, clientInfo: clientLine(client, mono) }, wall)
}
