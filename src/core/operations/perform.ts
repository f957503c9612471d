/** Performs operations. Each is answered exactly once, after the saves that it requested. */
import { assertNever } from '../assert.ts'
import { absorbHello } from '../configuration/hello-exchange.ts'
import { noteOrder, tellPause } from '../election/pause.ts'
import { parseHello } from '../monitoring/hello-codec.ts'
import type { Operation, OperationResult } from '../operation.ts'
import type { OperationId } from '../state/ids.ts'
import type { Turn } from '../turn.ts'
import { forgetRecord } from './forget.ts'
import { answerMasterDown } from './is-master-down.ts'
import { forceFailover, monitorMaster, removeMasterNamed, resetMasters } from './masters.ts'
import { pauseFailovers, resumeFailovers, showPause } from './pause.ts'
import { cancelFailover } from './planned.ts'
import { reload } from './reload.ts'
import { setGlobals, setMasterOptions, setTunables } from './set.ts'
import { armFailure } from './simulate-failure.ts'

export function perform(turn: Turn, id: OperationId, operation: Operation): void {
  const answer = (result: OperationResult) => {
    turn.push({ type: 'answer', operation: id, result })
  }
  switch (operation.kind) {
    case 'hello':
      return answer(takeHello(turn, operation.payload))
    case 'is-master-down':
      turn.push({ type: 'answer', operation: id, ...answerMasterDown(turn, operation) })
      return
    case 'monitor':
      return monitorMaster(turn, operation, answer)
    case 'remove':
      return removeMasterNamed(turn, operation, answer)
    case 'reset':
      return resetMasters(turn, operation, answer)
    case 'failover':
      return forceFailover(turn, operation, answer)
    case 'set':
      return answer(setMasterOptions(turn, operation))
    case 'set-globals':
      return answer(setGlobals(turn, operation))
    case 'set-tunables':
      return answer(setTunables(turn, operation))
    case 'reload':
      return answer(reload(turn, operation))
    case 'simulate-failure':
      return answer(armFailure(turn, operation.failure))
    case 'cancel-failover':
      return cancelFailover(turn, operation, answer)
    case 'pause':
      return pauseFailovers(turn, id, operation, answer)
    case 'resume':
      return resumeFailovers(turn, operation, answer)
    case 'paused':
      return showPause(turn, id, operation, answer)
    case 'tell-pause':
      return answer(tellPause(turn, operation.name))
    case 'note-order':
      noteOrder(turn, operation.order)
      return answer({ kind: 'ok' })
    case 'forget':
      return forgetRecord(turn, operation, answer)
    case 'save':
      turn.persist()
      return answer({ kind: 'ok' })
    default:
      assertNever(operation)
  }
}

/** PUBLISH to a sentinel: the reply is the same for everything (protocol.md 1.5). */
function takeHello(turn: Turn, payload: string): OperationResult {
  const hello = parseHello(payload)
  if (hello === undefined) turn.complain('PUBLISH', 'a hello that does not have eight fields')
  else absorbHello(turn, hello, { isDirect: true })
  return { kind: 'ok' }
}
