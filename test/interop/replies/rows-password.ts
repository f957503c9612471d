import type { Row } from './row.ts'
import { bytes, each, together } from './row.ts'

/** Against servers with requirepass (protocol.md 1.1 and 5.4). The password is `secret`. */
export const PASSWORD_ROWS: readonly Row[] = [
  ...each(
    'ping', 'ping a b', 'foo', 'foo a', 'sentinel foo', 'sentinel', 'sentinel master', 'sentinel masters', 'sentinel myid',
    'subscribe', 'subscribe a', 'psubscribe a', 'unsubscribe', 'publish a b', 'publish a', 'info', 'role', 'command', 'command foo',
    'client id', 'client list', 'client setname a', 'client foo', 'acl whoami', 'acl foo', 'shutdown', 'shutdown foo',
    'auth', 'auth a b c', 'auth x', 'auth default x', 'auth nobody secret',
  ).map((row): Row => ({ ...row, resp2Only: true })),
  ...['hello', 'hello 2', 'hello 3', 'hello 9', 'hello x', 'hello 3 foo', 'hello 3 setname a', 'hello 3 auth default x', 'hello 3 auth x secret']
    .map((line): Row => ({ send: [line, 'ping'], resp2Only: true })),
  { send: ['hello 3 auth default secret', 'acl whoami', 'client trackinginfo'], resp2Only: true, masks: ['client-id'] },
  { send: ['hello 2 auth default secret setname me', 'client getname'], resp2Only: true, masks: ['client-id'] },
  { ...together('auth secret', 'ping', 'auth x', 'ping', 'acl whoami', 'auth default secret'), resp2Only: true },
  { ...together('auth default secret', 'acl list', 'acl getuser default', 'acl users'), resp2Only: true },
  bytes('*11\r\n', { closes: true }),
  bytes('*2147483648\r\n', { closes: true }),
  bytes('*1\r\n$16385\r\n', { closes: true }),
  bytes(`*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n*2\r\n$4\r\nPING\r\n$20000\r\n${'x'.repeat(20_000)}\r\n`, { replies: 2 }),
  bytes(`*2\r\n$4\r\nPING\r\n$16384\r\n${'x'.repeat(16_384)}\r\n`),
  bytes('POST x\r\n', { replies: 0, closes: true }),
]
