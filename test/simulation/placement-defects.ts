/** Deliberate mistakes in the rules about zones and lag, and about sentinels that disagree. */
import type { Defect } from './defects.ts'

const BY_ZONE = '  if (isPreferred !== undefined && isPreferred(a) !== isPreferred(b)) return isPreferred(a) ? -1 : 1\n'
const BY_PRIORITY = '  if (a.priority !== b.priority) return a.priority - b.priority\n'

export const PLACEMENT_DEFECTS: readonly Defect[] = [
  {
    name: 'a replica in a zone of never-promote-in is promoted',
    file: 'failover/selection.ts',
    find: "  if (facts.isInExcludedZone) return 'excluded-zone'\n",
    replace: '',
  },
  {
    name: 'the preferred zone comes before the priority',
    file: 'failover/selection.ts',
    find: `${BY_PRIORITY}${BY_ZONE}`,
    replace: `${BY_ZONE}${BY_PRIORITY}`,
  },
  {
    name: 'the preferred zone is ignored',
    file: 'failover/selection.ts',
    find: BY_ZONE,
    replace: '',
  },
  {
    name: 'the settings hide the zone that a server reports',
    file: 'failover/placement.ts',
    find: '  if (zone !== undefined) return zone\n',
    replace: '',
  },
  {
    name: 'the limit of the lag is ignored',
    file: 'failover/selection.ts',
    find: "return lagsTooMuch(facts, limits) ? 'too-much-lag' : undefined",
    replace: 'return undefined',
  },
  {
    name: 'the lag is measured by the last INFO of the master alone',
    file: 'failover/placement.ts',
    find: '    if (newest === undefined || offset > newest) newest = offset\n',
    replace: '    newest ??= offset\n',
  },
  {
    name: 'one hello with another master is a disagreement',
    file: 'configuration/disagreement.ts',
    find: 'now.mono - disagreement.since < DISAGREEMENT_MS',
    replace: 'now.mono - disagreement.since < 0',
  },
  {
    name: 'a master that loads its data is chosen before others because it had a link as a replica',
    file: 'failover/selection.ts',
    find: "!(replica.roleReported === 'slave' && replica.masterLinkUp)",
    from: 2_046_012_254,
    protection: 'empty-master',
    replace: '!replica.masterLinkUp',
  },
]
