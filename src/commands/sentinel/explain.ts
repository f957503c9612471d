import { explanationFields, failoverFields, type Field } from '../../explain/index.ts'
import { map } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { NO_SUCH_MASTER, wrongArity } from '../errors.ts'

/** EXPLAIN name: why a failover happens now or does not, as names and values. The original has no such command. */
export function explain({ argv, env }: Call): Answer {
  const name = argv[2] ?? ''
  const now = env.now()
  const explanation = env.view.explain(name, now)
  if (explanation === undefined) return NO_SUCH_MASTER
  return fieldMap(explanationFields(explanation, env.failovers(name), now.wall, { tls: env.facts.redisCliTls() }))
}

/**
 * HISTORY [name]: the remembered failovers, oldest first, of one master or of all. The original has no such command.
 */
export function history({ argv, env }: Call): Answer {
  if (argv.length > 3) return wrongArity('sentinel|history')
  const name = argv[2]
  if (name !== undefined && !env.view.hasMaster(name)) return NO_SUCH_MASTER
  const names = name === undefined ? env.view.masterNames() : [name]
  return names
    .flatMap((master) => env.failovers(master))
    .sort((a, b) => a.startedWall - b.startedWall)
    .map((failover) => fieldMap(failoverFields(failover)))
}

function fieldMap(fields: readonly Field[]): RespValue {
  return map(fields.flat())
}
