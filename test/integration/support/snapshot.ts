/** A snapshot file of a node that may be writing one already. */
import { eventually, GaveUpError, notYet, type RedisProcess } from '../../../src/harness/index.ts'

/**
 * SAVE. A server refuses it while its own background save runs: for its save points, or for a replica that it has just
 * sent its data to; so a ready deployment may still refuse it for a moment.
 */
export function takeSnapshot(node: RedisProcess): Promise<void> {
  return eventually(`${node.name} to save its data`, async () => {
    try {
      await node.call(['SAVE'])
    } catch (error) {
      if (!String(error).includes('Background save already in progress')) throw new GaveUpError(String(error), { cause: error })
      throw notYet('a background save runs')
    }
  }, { everyMs: 10 })
}
