/** Random pipelines for the model of route mode, and the replies that a single server gives to them. */
import fc from 'fast-check'

import { ModelConnection, ModelNode } from './model-node.ts'
import type { ModelOptions } from './route-model.ts'

const value = fc.oneof({ weight: 5, arbitrary: fc.constantFrom('1', '', 'x\r\n$-1\r\n+OK', '-READONLY no error') }, { weight: 1, arbitrary: fc.nat(900).map((size) => 'v'.repeat(size)) })
const key = fc.constantFrom('a', 'b')

const one = fc.oneof(
  { weight: 6, arbitrary: key.map((name) => ['GET', name]) },
  { weight: 3, arbitrary: fc.tuple(key, value).map(([name, text]) => ['SET', name, text]) },
  { weight: 2, arbitrary: key.map((name) => ['INCR', name]) },
  { weight: 2, arbitrary: fc.tuple(key, value).map(([name, text]) => ['APPEND', name, text]) },
  { weight: 1, arbitrary: key.map((name) => ['hgetall', name]) },
  { weight: 1, arbitrary: value.map((text) => ['echo', text]) },
  { weight: 1, arbitrary: fc.constant(['PING']) },
)
/** Requests that need their own connection, or change the state of the client. */
const special = fc.oneof(
  { weight: 2, arbitrary: key.map((name) => [['BLPOP', name, '1']]) },
  { weight: 2, arbitrary: fc.array(one, { maxLength: 4 }).map((inside) => [['MULTI'], ...inside, ['EXEC']]) },
  { weight: 1, arbitrary: fc.array(one, { maxLength: 2 }).map((inside) => [['WATCH', 'a'], ['MULTI'], ...inside, ['DISCARD']]) },
  { weight: 1, arbitrary: fc.array(one, { maxLength: 2 }).map((inside) => [['WATCH', 'a'], ...inside, ['UNWATCH']]) },
  { weight: 2, arbitrary: fc.constantFrom('0', '1', 'x').map((database) => [['SELECT', database]]) },
  { weight: 1, arbitrary: fc.constantFrom([['EXEC']], [['CLIENT', 'GETNAME']], [['CLIENT', 'SETNAME', 'n']], [['HELLO', '3']], [['HELLO', '2']]) },
)
const raw = fc.constantFrom([], [], [], [['UNKNOWN', 'x']])
const pipeline = fc.tuple(fc.constantFrom([], [['HELLO', '3']]), fc.array(fc.oneof({ weight: 5, arbitrary: one.map((words) => [words]) }, { weight: 1, arbitrary: special }), { maxLength: 25 }), raw, fc.array(one, { maxLength: 3 }))
  .map(([first, middle, unknown, last]) => [...first, ...middle.flat(), ...unknown, ...last])

export const randomModels = fc.record({
  seed: fc.integer(), isAuthPassedOn: fc.constantFrom(false, false, false, true),
  pipelines: fc.array(pipeline, { minLength: 1, maxLength: 3 }),
})

/** Keys of different clients differ, so that each has the replies that it would get alone. */
export function ownKeys(pipelines: ModelOptions['pipelines']): string[][][] {
  return pipelines.map((requests, at) => requests.map(([name = '', ...words]) => (
    ['GET', 'SET', 'INCR', 'APPEND', 'hgetall', 'BLPOP'].includes(name) ? [name, `${at}${words[0] ?? ''}`, ...words.slice(1)] : [name, ...words]
  )))
}

/** All replies of a single server. */
export function alone(requests: readonly (readonly string[])[], id: number): string {
  const server = new ModelConnection(new ModelNode('single'), 2)
  server.identify(id, '')
  return requests.map((words) => server.answer(words)).join('')
}
