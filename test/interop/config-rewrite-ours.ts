import { createHash } from 'node:crypto'

import { configuredUserLines, rewriteConfig, toBytes, type LoadResult } from '../../src/config/index.ts'
import type { StartDirectory } from './config-genuine.ts'

/** What we would write over the file of a directory after this load. */
export function rewriteOurs(directory: StartDirectory, result: LoadResult): string {
  if (!result.ok) throw new Error(`did not load: ${JSON.stringify(result.failure)}`)
  const { settings, durable } = result.config
  const sha256 = (text: string) => createHash('sha256').update(toBytes(text), 'latin1').digest('hex')
  return rewriteConfig({
    current: directory.read(),
    settings,
    durable: { ...durable, myId: durable.myId || 'f'.repeat(40) },
    userLines: configuredUserLines(settings, sha256),
  })
}
