/** Performs operations. Each is answered exactly once, after the saves that it requested. */
import { assertNever } from '../assert.ts'
import { absorbHello } from '../configuration/hello-exchange.ts'
import { parseHello } from '../monitoring/hello-codec.ts'
import type { Operation, OperationResult } from '../operation.ts'
import type { OperationId } from '../state/ids.ts'
import type { Turn } from '../turn.ts'
import { answerMasterDown } from './is-master-down.ts'
import { forceFailover, monitorMaster, removeMasterNamed, resetMasters } from './masters.ts'
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
    case 'simulate-failure':
      return answer(armFailure(turn, operation.failure))
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
  else absorbHello(turn, hello)
  return { kind: 'ok' }
}
