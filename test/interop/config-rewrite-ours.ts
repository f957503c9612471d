import { rewriteConfig, type LoadResult } from '../../src/config/index.ts'
import { loadUsers } from '../../src/daemon/users.ts'
import type { StartDirectory } from './config-genuine.ts'

/** What we would write over the file of a directory after this load. */
export function rewriteOurs(directory: StartDirectory, result: LoadResult): string {
  if (!result.ok) throw new Error(`did not load: ${JSON.stringify(result.failure)}`)
  const { settings, durable } = result.config
  return rewriteConfig({
    current: directory.read(),
    settings,
    durable: { ...durable, myId: durable.myId || 'f'.repeat(40) },
    userLines: loadUsers(settings, 0o022).configLines(),
  })
}
