/** A hello message (protocol.md 4): the identity of a sentinel and its configuration of one master. */
import type { Epoch } from './ids.ts'

export interface Hello {
  readonly host: string
  readonly port: number
  readonly runId: string
  readonly currentEpoch: Epoch
  readonly masterName: string
  readonly masterHost: string
  readonly masterPort: number
  readonly configEpoch: Epoch
}

/** One that we published, with its text. */
export interface PublishedHello extends Hello {
  readonly text: string
}
