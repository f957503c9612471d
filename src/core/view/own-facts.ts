/** What a sentinel knows about itself that explains trouble of a master: users, passwords, names, saves. */
import { nameOnNodes } from '../state/settings.ts'
import { authPassFor, sentinelPassOf } from '../state/outside-passwords.ts'
import type { Master } from '../state/master.ts'
import type { SentinelState } from '../state/sentinel-state.ts'

export interface OwnFacts {
  readonly id: string
  /** The address that it announces, as far as it is known. */
  readonly host: string | undefined
  readonly port: number
  /** The user of its logins at data nodes; `default` where none is set. */
  readonly user: string
  readonly hasPassword: boolean
  /** The user of its logins at other sentinels. */
  readonly peerUser: string
  readonly hasPeerPassword: boolean
  /** The name of SLAVEOF on the data nodes, where rename-command changes it. */
  readonly slaveOf: string
  /** A save of the configuration has failed, and none since has succeeded. */
  readonly isSaveFailing: boolean
  readonly saveError: string | undefined
}

export function ownFacts(state: SentinelState, master: Master): OwnFacts {
  const { globals, myId, ownPort, isSaveFailing, saveError, requirepass, ownIps } = state
  return {
    id: myId,
    host: globals.announceIp ?? master.link.localAddress ?? [...ownIps][0],
    port: globals.announcePort === 0 ? ownPort : globals.announcePort,
    user: master.settings.authUser ?? 'default',
    hasPassword: authPassFor(state, master.name, master.settings) !== undefined,
    peerUser: globals.sentinelUser ?? 'default',
    hasPeerPassword: (sentinelPassOf(state) ?? requirepass) !== undefined,
    slaveOf: nameOnNodes(master.settings, 'SLAVEOF'),
    isSaveFailing,
    saveError,
  }
}
