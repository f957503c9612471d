import type { Readable } from 'node:stream'

import { asControlError, ControlError, type ErrorDocument } from './control-error.ts'
import type { ControlService } from './control-service.ts'
import { MAX_BODY_BYTES, parseJson } from './http-control.ts'
import { isObject } from './parameters.ts'

/** The keys of a request. */
const KEYS = ['id', 'operation', 'deployment', 'arguments']

const START = 'start-deployment'
const STOP = 'stop-deployment'
const LIST = 'list'

/**
 * The control interface as lines of JSON. Requests run at the same time; an answer has the `id` of its request.
 *
 * ```
 * {"id": 1, "operation": "start-deployment", "arguments": {"options": {"replicas": 1}}}
 * {"id": 2, "operation": "kill-master", "deployment": "deployment-1"}
 * ```
 *
 * Resolves when the input ends and every request is answered.
 */
export async function serveJsonLines(
  service: ControlService, input: Readable, write: (line: string) => void,
): Promise<void> {
  const open = new Set<Promise<void>>()
  const take = (line: string): void => {
    const answered: Promise<void> = answer(service, line).then((document) => {
      write(`${JSON.stringify(document)}\n`)
      open.delete(answered)
    })
    open.add(answered)
  }
  for await (const line of linesOf(input)) {
    if (line === undefined) write(`${JSON.stringify({ id: null, error: TOO_LONG })}\n`)
    else if (line.trim() !== '') take(line)
  }
  await Promise.all(open)
}

const TOO_LONG: ErrorDocument = {
  what: `more than ${MAX_BODY_BYTES} bytes`, where: 'a line', whatToDo: 'send less: arguments are short',
}

/** The lines of the input; undefined for one that is too long, which is not kept. */
async function* linesOf(input: Readable): AsyncGenerator<string | undefined> {
  let kept = ''
  let isTooLong = false
  for await (const part of input.setEncoding('utf8') as AsyncIterable<string>) {
    const [first = '', ...more] = part.split('\n')
    kept += first
    for (const next of more) {
      yield isTooLong || kept.length > MAX_BODY_BYTES ? undefined : kept
      isTooLong = false
      kept = next
    }
    isTooLong ||= kept.length > MAX_BODY_BYTES
    if (isTooLong) kept = ''
  }
  if (kept !== '' || isTooLong) yield isTooLong ? undefined : kept
}

async function answer(service: ControlService, line: string): Promise<object> {
  let id: unknown = null
  try {
    const request = parseJson(line, 'a line')
    if (!isObject(request)) throw invalid('a request is an object', `send an object with ${KEYS.join(', ')}`)
    id = request['id'] ?? null
    const { operation, deployment } = request
    const unknown = Object.keys(request).find((key) => !KEYS.includes(key))
    if (unknown !== undefined) throw invalid(`a request has no ${JSON.stringify(unknown)}`, `its keys are ${KEYS.join(', ')}`)
    if (typeof operation !== 'string') throw invalid('operation is missing', 'give its name')
    if (deployment !== undefined && typeof deployment !== 'string') throw invalid('deployment is no text', 'give its name')
    return { id, result: await run(service, operation, deployment, request['arguments'] ?? {}) }
  } catch (error) {
    return { id, error: asControlError(error, 'a line').document }
  }
}

function run(
  service: ControlService, operation: string, deployment: string | undefined, given: unknown,
): Promise<unknown> {
  switch (operation) {
    case START: return service.start(given)
    case STOP: return service.stop(deployment)
    case LIST: return Promise.resolve({ deployments: service.names })
    default: return service.run(operation, deployment, given)
  }
}

function invalid(what: string, whatToDo: string): ControlError {
  return new ControlError(400, { what, where: 'a line', whatToDo })
}
