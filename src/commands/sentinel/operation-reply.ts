import type { Operation, OperationError } from '../../core/index.ts'
import type { Outcome } from '../../ports/index.ts'
import { error, OK } from '../../resp/index.ts'
import type { ErrorReply, RespValue } from '../../resp/index.ts'
import { Deferred } from '../command-spec.ts'
import type { CommandEnvironment } from '../environment.ts'
import { NO_SUCH_MASTER, SAVE_FAILED } from '../errors.ts'

/** The wire text of every refusal (protocol.md 2). INPROG and NOGOODSLAVE have no ERR before them. */
const REFUSALS: Readonly<Record<OperationError, ErrorReply>> = Object.freeze({
  'no-such-master': NO_SUCH_MASTER,
  'unresolvable-address': error('ERR Invalid IP address or hostname specified'),
  'invalid-port': error('ERR Invalid port number.'),
  'duplicate-master': error('ERR Duplicate master name.'),
  'failover-in-progress': error('INPROG Failover already in progress'),
  'no-good-replica': error('NOGOODSLAVE No suitable replica to promote'),
})

/** Hand an operation to the core and answer behind its save. `answer` is not asked when the core refuses. */
export function submit(
  env: CommandEnvironment, operation: Operation, answer: (outcome: Outcome) => RespValue,
): Deferred {
  return new Deferred((done) => {
    env.operator.submit(operation, (outcome) => {
      const { result } = outcome
      done(result.kind === 'refused' ? REFUSALS[result.error] : answer(outcome))
    })
  })
}

/** For commands that must say so when the file could not be written; the change itself stays (protocol.md 2.1). */
export function okIfSaved(outcome: Outcome): RespValue {
  return outcome.save === 'failed' ? SAVE_FAILED : OK
}

export function ok(): RespValue {
  return OK
}
