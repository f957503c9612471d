import { describe, expect, it } from 'vitest'

import { CommandTable } from '../../../src/proxy/commands/command-table.ts'
import type { ClientSink } from '../../../src/proxy/requests/reply-output.ts'
import { RequestSession } from '../../../src/proxy/requests/request-session.ts'
import { encodeRequest } from '../../../src/proxy/requests/request-words.ts'
import { noPeers } from './model-node.ts'

/** A client that must log in with "right", and for which there is no node. */
function client() {
  const sent = { text: '', isEnded: false }
  const sink: ClientSink = {
    unsentBytes: 0,
    write: (bytes, start, end) => { sent.text += bytes.toString('latin1', start, end) },
    setReading: () => undefined,
    end: () => { sent.isEnded = true },
    destroy: () => undefined,
  }
  const session = new RequestSession(7, {
    commands: new CommandTable(), peers: noPeers, isAuthPassedOn: false,
    held: { total: 0 }, readAfterWriteMs: 0, now: () => 0,
    local: { serverVersion: '7.0.15', login: { needsLogin: true, isLogin: (user, password) => user !== 'other' && password === 'right' } },
    touched: () => undefined, waits: () => undefined, closed: () => undefined,
  }, {
    sink,
    connections: () => ({ shared: () => undefined, openPrivate: () => undefined, releasePrivate: () => undefined }),
  })
  const send = (...words: readonly string[]): string => {
    sent.text = ''
    const bytes = encodeRequest(words)
    session.receive(bytes, bytes.length)
    return sent.text
  }
  return { session, sent, send }
}

describe('a client of route mode', () => {
  it('logs in by AUTH or HELLO, and is refused before', () => {
    const { send } = client()
    expect(send('GET', 'a')).toBe('-NOAUTH Authentication required.\r\n')
    expect(send('CLIENT', 'ID')).toBe('-NOAUTH Authentication required.\r\n')
    expect(send('AUTH', 'wrong')).toMatch(/^-WRONGPASS /)
    expect(send('HELLO', '3', 'AUTH', 'other', 'right')).toMatch(/^-WRONGPASS /)
    expect(send('HELLO', '4')).toMatch(/^-NOPROTO /)
    expect(send('HELLO', '3', 'AUTH', 'default', 'right', 'SETNAME', 'app')).toMatch(/^%7\r\n\$6\r\nserver\r\n/)
    expect(send('CLIENT', 'GETNAME')).toBe('$3\r\napp\r\n')
    expect(send('CLIENT', 'ID')).toBe(':7\r\n')
    expect(send('RESET')).toBe('+RESET\r\n')
    expect(send('PING')).toBe('-NOAUTH Authentication required.\r\n')
  })

  it('may send only short requests before it has logged in', () => {
    const { send, sent } = client()
    expect(send('AUTH', 'x'.repeat(20_000))).toBe('-ERR Protocol error: unauthenticated bulk length\r\n')
    expect(sent.isEnded).toBe(true)
  })

  it('gets an error for what it sent, and stays, when no node comes in time', () => {
    const { send, session, sent } = client()
    expect(send('AUTH', 'right')).toBe('+OK\r\n')
    expect(send('SET', 'a', '1')).toBe('')
    expect(send('MULTI')).toBe('')
    session.expire('ERR no master')
    expect(sent).toEqual({ text: '-ERR no master\r\n-ERR no master\r\n', isEnded: false })
    expect(send('QUIT')).toBe('+OK\r\n')
    expect(sent.isEnded).toBe(true)
  })
})
