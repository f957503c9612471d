import { readPayload } from '../../events/index.ts'
import { formatAddress, type Address, type TimelineEntry } from '../../harness/index.ts'

/** An event in plain words. `step`: it is one of the main steps, which are printed in bold. */
export interface Told {
  readonly words: string
  readonly step: boolean
}

/** The facts about the deployment that the texts need. */
export interface Setting {
  readonly downAfterMs: number
  /** Name of the node at this address. */
  nodeAt(address: Address): string
  /** Names of the sentinels by their id. */
  readonly sentinelById: ReadonlyMap<string, string>
}

/** Puts one entry of the timeline into words; undefined for an entry that is not shown. */
export function tell(entry: TimelineEntry, setting: Setting): Told | undefined {
  const event = readPayload(entry.event, entry.text)
  if (event === undefined) return undefined
  const step = (words: string): Told => ({ words, step: true })
  const detail = (words: string): Told => ({ words, step: false })
  const subject = 'subject' in event ? setting.nodeAt(event.subject) : ''
  switch (event.name) {
    case '+sdown':
      if (event.subject.kind !== 'master') return undefined
      return step(`sees ${subject} down: no valid answer for ${setting.downAfterMs} ms`)
    case '+odown': return step(`${event.agree} ${event.agree === 1 ? 'sentinel agrees' : 'sentinels agree'} (quorum ${event.quorum}): ${subject} is down`)
    case '+try-failover': return detail('asks for votes to lead the failover')
    case '+vote-for-leader': return detail(`votes for ${setting.sentinelById.get(event.leader) ?? event.leader}`)
    case '+elected-leader': return step('has the majority of votes and leads the failover')
    case '+selected-slave': return step(`chooses ${subject} as the new master`)
    case '+failover-state-wait-promotion': return detail(`orders ${subject} to become master`)
    case '+promoted-slave': return step(`${subject} is the master now`)
    case '+slave-reconf-sent': return detail(`orders ${subject} to follow the new master`)
    case '+slave-reconf-done': return detail(`${subject} follows the new master`)
    case '+switch-master': return step(`announces the new address, ${formatAddress(event.to)}`)
    case '+convert-to-slave': return step(`orders ${subject} to follow the new master`)
    default: return undefined
  }
}
