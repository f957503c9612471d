import type { Row } from './row.ts'
import { each, masked, together } from './row.ts'

/** PING, HELLO, AUTH, ROLE, SHUTDOWN, pub/sub, PUBLISH (protocol.md 1.3, 1.5, 5.5). */
export const CONNECTION_ROWS: readonly Row[] = [
  ...each(
    'ping', 'PING hello', 'ping a b', 'role', 'shutdown foo', 'shutdown save nosave', 'shutdown abort', 'shutdown abort now',
    'shutdown abort abort', 'publish a b', 'publish __sentinel__:hello garbage', 'publish __Sentinel__:hello x',
    'publish __sentinel__:hello 1,2,3,4,5,6,7,8', 'auth a b c',
  ),
  together(['ping', '']),
  together(['ping', '\xff\0\xfe']),

  ...each(
    'shutdown x y', 'shutdown nosave x', 'shutdown save x', 'shutdown now foo', 'shutdown force bar', 'shutdown abort nosave',
    'shutdown abort force', 'shutdown save nosave now force', 'shutdown nosave nosave x', 'hello 3 auth default x setname',
    'hello 3 3', 'hello 9223372036854775808', 'auth default x', 'auth nosuch x', 'pubsub numsub', 'sunsubscribe', 'reset x',
    'publish __sentinel__:hello 127.0.0.1,1,x,1,mymaster,127.0.0.1,21001,0', 'publish __sentinel__:hello ,,,,,,,',
  ),
  together(['hello', ''], ['hello', '3\n'], ['auth', 'a\nb'], ['auth', '', ''], ['auth', 'default', '']),
  together(['publish', '', ''], ['publish', 'a\nb', 'c\0d'], ['publish', '__sentinel__:hello', '']),
  together(['shutdown', 'a\nb'], ['\n'], ['p\ning'], ['sentinel\n']),
  { send: ['psubscribe *', 'subscribe b', 'reset', 'publish b x'], replies: 4, resp2Only: true },

  ...masked(['client-id'],
    { send: ['hello'], resp2Only: true },
    { send: ['hello 2'], resp2Only: true },
    { send: ['hello 3'], resp2Only: true },
    { send: ['hello 3 setname abc', 'client getname', 'hello 2', 'client getname'], resp2Only: true },
    { send: ['hello 3 auth default x', 'hello'], resp2Only: true }),
  ...each(
    'hello 1', 'hello 4', 'hello abc', 'hello 02', 'hello -3', 'hello 3.0', 'hello auth a b', 'hello 3 foo',
    'hello 3 setname', 'hello 3 SetName a extra', 'hello 3 auth a', 'hello 3 auth a b', 'hello 3 auth',
  ),
  together(['hello', '3', 'setname', 'a b'], 'client getname'),
  {
    send: ['hello 2 setname zz auth a b', 'client getname'],
    differs: {
      reason: 'hello-applies-nothing-on-error',
      ours: ['-WRONGPASS invalid username-password pair or user is disabled.\r\n', 'NULL'],
    },
  },

  { send: ['subscribe a b a', 'ping', 'ping x', 'unsubscribe b', 'unsubscribe nope', 'unsubscribe', 'unsubscribe', 'ping'], replies: 10 },
  { send: ['psubscribe a* b*', 'subscribe a', 'punsubscribe', 'unsubscribe', 'punsubscribe'], replies: 7 },
  { send: ['unsubscribe'] },
  { send: ['unsubscribe a b'], replies: 2 },
  { send: ['punsubscribe'] },
  { send: ['subscribe a', 'client id', 'hello 3', 'sentinel masters', 'get a', 'sentinel foo', 'ping a b', 'subscribe b'], resp2Only: true },
  { send: ['subscribe a', 'publish a b', 'publish __sentinel__:hello x', 'unsubscribe'], resp2Only: true },
  { send: ['subscribe +x', 'publish +x y', 'unsubscribe +x', 'role'] },
]
