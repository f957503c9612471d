/** The replies of a sentinel in the form that the fleet's document is made of. */
import type { RemoteReplies } from '../../explain/index.ts'
import { NO_CKQUORUM, type Entry } from './sentinel-facts.ts'
import type { MasterReading, SentinelReading } from './sentinel-reading.ts'

export function repliesOf({ info, masters, kind }: SentinelReading): RemoteReplies {
  const byName = <Value>(value: (one: MasterReading) => Value): [string, Value][] => (
    masters.map((one) => [one.master.get('name') ?? '', value(one)])
  )
  return {
    info,
    masters: masters.map(({ master }) => master),
    explained: kind === 'older' ? undefined : new Map<string, Entry>(byName(({ explained }) => explained)),
    quorum: new Map(byName(({ quorumCheck }) => quorumCheck).filter(([, check]) => check !== NO_CKQUORUM)),
  }
}
