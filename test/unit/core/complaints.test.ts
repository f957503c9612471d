/** Messages that make no sense are logged with their address in the form that people read. */
import { expect, it } from 'vitest'
import { Play } from './play.ts'

const NODES = { master: '10.0.0.1:6379', replica: '10.0.0.2:6379', peer: '10.0.0.3:26379' }

it.each([
  ['an unusable IPv6 address has brackets', '::1,0', '10.0.0.1,6379,0', 'a hello with the unusable address [::1]:0'],
  ['an unusable IPv4 address has none', '10.0.0.7,0', '10.0.0.1,6379,0', 'a hello with the unusable address 10.0.0.7:0'],
  ['the unusable address of a master has brackets, too', '10.0.0.3,26379', 'fe80::1,0,1', 'a configuration with the unusable master address [fe80::1]:0'],
])('a malformed message is logged with its address: %s', (_what, sender, master, text) => {
  const play = new Play([NODES])
  play.hello(NODES.master, `${sender},${'c'.repeat(40)},1,m0,${master}`)
  expect(play.notes).toContainEqual(expect.objectContaining({ kind: 'nonsense', what: text }))
})
