/** Rules about users of older releases. */
import { loadUsers } from '../../daemon/index.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

export function checkUsers({ config: { settings }, place }: LoadedFile): Finding[] {
  // No file is written here, so the umask has no effect.
  return loadUsers(settings, 0o022).withoutChannels.map((name) => (
    finding('warning', 'user-without-channels', place('user', name), [
      `the user ${name} may use Pub/Sub commands, but no channel: its rules name none; before Redis 6.2 a user had all channels`,
      'add `&*` to its rules, or `resetchannels` if that is intended',
    ])
  ))
}
