/** SENTINEL PAUSE, RESUME and PAUSED (docs/decisions/0052-pause.md). */
import { answerWithPauses, beginPause, endPause } from '../election/pause.ts'
import type { Operation, OperationResult } from '../operation.ts'
import type { OperationId } from '../state/ids.ts'
import type { Turn } from '../turn.ts'

type Asked<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>
type Respond = (result: OperationResult) => void

export function pauseFailovers(turn: Turn, id: OperationId, asked: Asked<'pause'>, respond: Respond): void {
  const master = turn.state.masters.get(asked.name)
  if (master === undefined) return respond({ kind: 'refused', error: 'no-such-master' })
  const ordered = beginPause(turn, master, asked.forMs, asked.reason)
  answerWithPauses(turn, master, { operation: id, ordered })
}

/** A pause that there is not need not be ended: RESUME succeeds. */
export function resumeFailovers(turn: Turn, asked: Asked<'resume'>, respond: Respond): void {
  const master = turn.state.masters.get(asked.name)
  if (master === undefined) return respond({ kind: 'refused', error: 'no-such-master' })
  endPause(turn, master, 'resumed')
  respond({ kind: 'ok' })
}

export function showPause(turn: Turn, id: OperationId, asked: Asked<'paused'>, respond: Respond): void {
  const master = turn.state.masters.get(asked.name)
  if (master === undefined) return respond({ kind: 'refused', error: 'no-such-master' })
  if (master.pause === undefined) return respond({ kind: 'not-paused' })
  answerWithPauses(turn, master, { operation: id, ordered: undefined })
}
