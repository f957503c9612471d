import { MASTERS_MAX, type Operation, type OperationError, type OperationResult } from '../../core/index.ts'
import { handoverObstacleText } from '../../explain/index.ts'
import type { OperationOutcome } from '../../ports/index.ts'
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
  'too-many-masters': error(`ERR Too many masters, at most ${MASTERS_MAX} can be monitored`),
  'failover-in-progress': error('INPROG Failover already in progress'),
  'no-good-replica': error('NOGOODSLAVE No suitable replica to promote'),
  'primary-not-ready': error('NOGOODPRIMARY The master is down or does not work as a master'),
  'primary-too-old': error('NOGOODPRIMARY The master does not have the command FAILOVER, and is none of Redis 4.0 to 6.0'),
  'time-has-passed': error('ERR AT is a time that has passed'),
  'time-too-far': error('ERR AT must be at most 30 days ahead'),
  'no-schedule': error('ERR No failover of this master is scheduled'),
  'names-in-use': error(
    'ERR Instances are known by host names: with resolve-hostnames no the config file could not be loaded.'
    + ' Set announce-hostnames no as well, or remove those masters first',
  ),
})

function refusalReply({ error: code, why }: Extract<OperationResult, { kind: 'refused' }>): ErrorReply {
  return why === undefined ? REFUSALS[code] : error(`NOGOODSLAVE ${why.replica} ${handoverObstacleText(why.why)}`)
}

/**
 * Submits an operation to the core and answers after its save. When the core refuses, `refused` is called instead of
 * `answer`.
 */
export function submit(
  env: Pick<CommandEnvironment, 'operator'>, operation: Operation, answer: (outcome: OperationOutcome) => RespValue,
  refused: () => void = () => undefined,
): Deferred {
  return new Deferred((done) => {
    env.operator.submit(operation, (outcome) => {
      const { result } = outcome
      if (result.kind === 'refused') refused()
      done(result.kind === 'refused' ? refusalReply(result) : answer(outcome))
    })
  })
}

/**
 * Submits a question of a peer. Later requests of the connection do not wait for the save of this answer, but share it.
 */
export function submitQuestion(
  env: CommandEnvironment, operation: Operation, answer: (outcome: OperationOutcome) => RespValue,
): Deferred {
  return new Deferred((done) => {
    env.operator.submit(operation, (outcome) => { done(answer(outcome)) })
  }, { letsOthersPass: true })
}

/** The reply of commands that report when the file could not be written; the change itself stays (protocol.md 2.1). */
export function okIfSaved(outcome: OperationOutcome): RespValue {
  return outcome.save === 'failed' ? SAVE_FAILED : OK
}

export function ok(): RespValue {
  return OK
}
