import type { Millis } from '../time.ts'
import type { Epoch } from './ids.ts'
import type { PeerPause } from './pause.ts'
import type { InstanceFacts } from './facts.ts'

/** Another sentinel, as one master's record of it. */
export interface Peer extends InstanceFacts {
  readonly kind: 'peer'
  /** The 40-character id. */
  readonly name: string
  readonly runId: string
  readonly masterName: string
  lastHelloAt: Millis
  /** When its last hello was accepted; undefined before the first one, as after a restart. */
  heardAt: Millis | undefined
  /** Since when its hello messages arrive without a break of one and a half publish periods. */
  heardSince: Millis
  /** The master's address and epoch in the last hello of the peer; undefined before the first one. */
  announcedMaster: { readonly host: string, readonly port: number, readonly configEpoch: Epoch } | undefined
  /** Its hellos name another master than ours, under the same or a lower epoch; undefined = the last one did not. */
  disagreement: Disagreement | undefined
  /** It reported that the master is down. */
  masterDown: boolean
  /** Last vote it reported; `leader` is forgotten when opinions expire, `leaderEpoch` stays. */
  leader: string | undefined
  leaderEpoch: Epoch
  lastMasterDownReplyAt: Millis
  /** Last question sent and not answered yet: on which connection and when. */
  askedAt: Millis | undefined
  /** The epoch for which its vote was last asked; -1 = never. */
  askedEpoch: Epoch
  /** Wait before a peer that disagrees is asked again. */
  reaskMs: Millis
  /** Another peer reported the master down while a question to this one was outstanding: ask again after the reply. */
  isReaskWanted: boolean
  /** Its last vote, as it answered when it was asked for that alone (monitoring/returned-master.ts). */
  readonly lastVote: LastVote
  readonly pause: PeerPause
  /** Its answer to our request for a vote in this epoch, whatever it was. */
  answeredEpoch: Epoch
}

export interface Disagreement {
  /** Our master, as `addr:port`. */
  readonly against: string
  since: Millis
  /** When its last hello arrived. */
  lastAt: Millis
  /** `+peer-disagrees` was published. */
  isReported: boolean
}

export interface LastVote {
  /** The epoch of that vote; 0 = none, or not known. */
  epoch: Epoch
  /** When the question was sent that was answered last. */
  answeredFor: Millis | undefined
  /** When the question was last sent. */
  askedAt: Millis | undefined
}
