/** Orders of operators that do not come from a client of the sentinel: the same handlers, so the same checks. */
import type { Operator } from '../../ports/index.ts'
import { isError, type RespValue } from '../../resp/index.ts'
import { Control, Deferred, type OrderCall } from '../command-spec.ts'
import { failover } from './failover.ts'
import { forget } from './forget.ts'
import { pause, resume } from './pause.ts'

const HANDLERS = { failover, forget, pause, resume } satisfies Readonly<Record<string, (call: OrderCall) => unknown>>

export type OrderName = keyof typeof HANDLERS

export interface OrderResult {
  readonly isDone: boolean
  /** The reply of the command as text, such as `OK` or `NOGOODSLAVE No suitable replica to promote`. */
  readonly text: string
}

/** Runs SENTINEL with this subcommand and these words after it. Resolves when the change is saved. */
export function runOrder(operator: Operator, name: OrderName, words: readonly string[]): Promise<OrderResult> {
  const answer = HANDLERS[name]({ argv: ['SENTINEL', name.toUpperCase(), ...words], env: { operator } })
  return new Promise((resolve) => {
    const done = (value: RespValue) => { resolve({ isDone: !isError(value), text: textOf(value) }) }
    if (answer instanceof Deferred) answer.start(done)
    else if (!(answer instanceof Control)) done(answer)
  })
}

function textOf(value: RespValue): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (!('type' in value)) return value.map(textOf).join(' ')
  switch (value.type) {
    case 'simple':
    case 'error':
    case 'verbatim':
    case 'double':
      return value.text
    case 'map':
      return value.items.map((item, at) => `${textOf(item)}${at % 2 === 0 ? ': ' : ', '}`).join('').replace(/, $/, '')
    case 'prepared':
      return textOf(value.value)
    case 'null-array':
      return ''
    default:
      return value.items.map(textOf).join(' ')
  }
}
