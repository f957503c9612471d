/**
 * What a sentinel holds is bounded by what there is to watch, whatever happened to it: records, connections, deadlines
 * and everything that waits. A soak on real processes sees leaks of bytes; this sees leaks of entries (principle:
 * limits on everything).
 */
import type { SentinelNode } from '../sentinel-node.ts'
import type { Cluster } from '../cluster.ts'
import type { Checker } from './watch.ts'

/** Behind a stuck disk hellos, answers and events pile up until it counts as failed; PING and INFO are free. */
const WAITING_MAX = 5000

export const memoryBounded: Checker = {
  invariant: 'the memory of a sentinel stays bounded',
  watch: ({ cluster, report }) => ({
    stepped: (sentinel, _input, effects) => {
      if (effects.length === 0) return
      for (const problem of excess(cluster, sentinel)) report(`${sentinel.name} holds ${problem}`)
    },
  }),
}

function* excess(cluster: Cluster, sentinel: SentinelNode): Generator<string> {
  const { memory, driver } = sentinel
  // A simulated crash ends its step where it is.
  if (memory === undefined || driver === undefined || memory.state.hasCrashed) return
  const { records, connections, deadlines, names, parked, dirty, masters } = memory.state
  // One record for the master itself, one for each other address of a data node, one for each peer; the old master
  // stays as replica.
  const recordsMax = masters.size * (cluster.sentinels.length + cluster.leftovers) + cluster.addressCount + masters.size
  if (records.size > recordsMax) yield `${records.size} records, ${recordsMax} are possible`
  if (connections.size > 2 * records.size) yield `${connections.size} connections for ${records.size} records`
  // Outdated entries are swept when they outgrow the live ones (deadlines.ts).
  if (deadlines.size > Math.max(64, 4 * (records.size + 1) + 1)) yield `${deadlines.size} deadlines for ${records.size} records`
  const namesMax = cluster.hasNames ? cluster.nodes.length : 0
  if (names.size > namesMax || (parked.length > 0 && namesMax === 0) || dirty.size > 0) yield `${names.size} names, ${parked.length} parked inputs, ${dirty.size} records to look at`
  if (driver.health.waitingEffects > WAITING_MAX) yield `${driver.health.waitingEffects} effects behind a save`
}
