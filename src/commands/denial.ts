import type { Denial } from './access.ts'
import type { CommandSpec } from './command-spec.ts'

/** Why a user may not do it, without the code word (protocol.md 5.6). */
export function denialText(denial: Denial, user: string, spec: CommandSpec): string {
  switch (denial.reason) {
    case 'command':
      return `User ${user} has no permissions to run the '${spec.fullName}' command`
    case 'channel':
      return 'No permissions to access a channel'
  }
}
