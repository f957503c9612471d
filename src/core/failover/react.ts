/** Failover actions that fresh INFO triggers (behaviour.md 5.3). Not called in TILT. */
import type { DataNode } from '../state/instance.ts'
import { masterOf } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'
import { correctReplica, doubtReturnedMaster } from './correction.ts'
import { noteSuccessor } from './adoption.ts'
import { handleInfoAfterAbort } from './handover.ts'
import { demoteOldMaster, handlePromotionInfo } from './promotion.ts'
import { handleReconfigurationInfo } from './reconfiguration.ts'

export function reactToInfo(turn: Turn, node: DataNode): void {
  const master = masterOf(turn.state, node)
  if (master === undefined) return
  noteSuccessor(turn, master)
  if (node.kind === 'master') {
    handleInfoAfterAbort(turn, node)
    demoteOldMaster(turn, node)
    if (node.handover !== undefined) turn.touch(node)
    return
  }
  handlePromotionInfo(turn, master, node)
  handleReconfigurationInfo(turn, master, node)
  correctReplica(turn, master, node)
  doubtReturnedMaster(turn, master, node)
  if (master.failover.phase !== 'none') turn.touch(master)
}
