/** Requests of one client of route mode that must not harm the proxy, or others on the same connection. */
import { describe, expect, it } from 'vitest'

import { CommandTable } from '../../../src/proxy/commands/command-table.ts'
import { OUTPUT_BYTES_MAX, PENDING_REQUESTS_MAX, WAITING_BYTES } from '../../../src/proxy/requests/limits.ts'
import { RequestSession } from '../../../src/proxy/requests/request-session.ts'
import { encodeRequest } from '../../../src/proxy/requests/request-words.ts'
import { UpstreamQueue } from '../../../src/proxy/requests/upstream-queue.ts'
import { modelLocal, noPeers } from './model-node.ts'

function queueOf(role: 'master' | 'replica', isPrivate: boolean): UpstreamQueue {
  return new UpstreamQueue({
    role, isPrivate, isShared: !isPrivate, counts: { read: 0, write: 0, blocking: 0, pinned: 0 },
    onOutput: () => undefined, onProblem: () => undefined, onLatency: () => undefined,
  })
}

/** A client, and the connections that it can have: a shared one to each node, and a private one. */
function client() {
  const queues = { read: queueOf('replica', false), master: queueOf('master', false), private: queueOf('master', true) }
  const sent = { text: '', isEnded: false, isDestroyed: false, isReading: true, unsentBytes: 0 }
  const session: RequestSession = new RequestSession(1, {
    commands: new CommandTable(), local: modelLocal, peers: noPeers, isAuthPassedOn: false,
    held: { total: 0 }, readAfterWriteMs: 0, now: () => 0,
    touched: () => undefined, waits: () => undefined, closed: () => undefined,
  }, {
    sink: {
      get unsentBytes() { return sent.unsentBytes },
      write: (bytes, start, end) => { sent.text += bytes.toString('latin1', start, end) },
      setReading: (isReading) => { sent.isReading = isReading },
      end: () => { sent.isEnded = true },
      destroy: () => { sent.isDestroyed = true },
    },
    connections: () => ({
      shared: (lane) => queues[lane],
      openPrivate: () => {
        queues.private.owner = session
        return queues.private
      },
      releasePrivate: () => undefined,
    }),
  })
  const sendBytes = (text: string): void => {
    const bytes = Buffer.from(text, 'latin1')
    session.receive(bytes, bytes.length)
  }
  return {
    session, sent, queues, sendBytes,
    send: (...words: readonly string[]): void => { sendBytes(encodeRequest(words).toString('latin1')) },
    /** What goes to a node now. */
    output: (lane: keyof typeof queues): string => {
      return queues[lane].takeOutput(0).map(({ bytes, start, end }) => bytes.toString('latin1', start, end)).join('')
    },
    answer: (lane: keyof typeof queues, text: string): void => {
      queues[lane].takeOutput(0)
      const bytes = Buffer.from(text, 'latin1')
      expect(queues[lane].receive(bytes, bytes.length, 0)).toBe(true)
      session.flush()
    },
  }
}

describe('a client of route mode that sends', () => {
  // The server accepts these. A proxy that finds another end of a line than it does mixes up the requests of clients.
  it.each([
    '*1\rX$4\rXPINGXX', '*1\r\n$4\rXPING\r\n', '*1\r\n$4\r\nPINGXX', '*1\r\n$4\r\nPING\rX', '*2\r\n$4\r\nECHO\r\n$1\r\naXX',
  ])('a line that ends in other bytes is refused: %j', (bytes) => {
    const { sendBytes, sent, output } = client()
    sendBytes(bytes)
    expect(sent).toMatchObject({ text: '-ERR Protocol error: expected CRLF\r\n', isEnded: true })
    expect(output('read') + output('master')).toBe('')
  })

  it('CLIENT INFO after SELECT is shown the database of it', () => {
    const { send, sent, answer } = client()
    send('SELECT', '1')
    send('CLIENT', 'INFO')
    answer('private', '+OK\r\n')
    expect(sent.text).toContain(' db=1 ')
  })

  it('a line end where a length must be gets an error of one line', () => {
    const { sendBytes, sent } = client()
    sendBytes('*2\r\n\n\r\n')
    expect(sent.text).toBe("-ERR Protocol error: expected '$', got ' '\r\n")
  })

  it('many requests that the proxy answers itself, while an earlier one has no reply, has to wait', () => {
    const { send, sendBytes, sent, answer } = client()
    send('BLPOP', 'k', '0')
    const request = encodeRequest(['CLIENT', 'GETNAME']).toString('latin1')
    const requests = PENDING_REQUESTS_MAX + Math.ceil(WAITING_BYTES / request.length) + 1
    sendBytes(request.repeat(requests))
    expect(sent).toMatchObject({ text: '', isReading: false })
    answer('private', '*-1\r\n')
    expect(sent).toMatchObject({ text: '*-1\r\n' + '$-1\r\n'.repeat(requests), isReading: true, isEnded: false })
  })

  it('subscriptions or MONITOR and does not read is closed', () => {
    const { send, sent, session, queues } = client()
    send('MONITOR')
    sent.unsentBytes = OUTPUT_BYTES_MAX + 1
    session.rawReceived(Buffer.from('+OK\r\n'), 0, 5)
    session.flush()
    expect(sent.isDestroyed).toBe(true)
    expect(queues.private.hasOutput).toBe(true)
  })

  it('bytes that go through is not read while the node does not take them', () => {
    const { send, sent, queues } = client()
    queues.private.setStalled(true)
    expect(sent.isReading).toBe(true)
    send('UNKNOWN')
    queues.private.setStalled(true)
    expect(sent.isReading).toBe(false)
    queues.private.setStalled(false)
    expect(sent.isReading).toBe(true)
  })

  it('reads whose replies have to wait for an earlier one is closed when they are too large', () => {
    const { send, sent, answer } = client()
    send('SET', 'a', '1')
    send('GET', 'a')
    const part = 'x'.repeat(OUTPUT_BYTES_MAX / 4 - 10)
    answer('read', `$${part.length * 5}\r\n${part}`)
    for (let parts = 0; parts < 3; parts += 1) answer('read', part)
    expect(sent.isEnded).toBe(false)
    answer('read', part)
    expect(sent.isDestroyed).toBe(true)
  })

  it.each([
    ['XREADGROUP', 'GROUP', 'STREAMS', 'c', 'BLOCK', '0', 'STREAMS', 'k', '>'],
    ['XREADGROUP', 'GROUP', 'STREAMS', 'c', ...Array.from({ length: 20 }, () => ['COUNT', '1']).flat(), 'block', '0', 'STREAMS', 'k', '>'],
    ['XREAD', 'COUNT', 'STREAMS', 'BLOCK', '0', 'STREAMS', 'k', '$'],
    ['XREAD', 'LATER', 'STREAMS', 'k', '$'],
  ])('%s %s %s %s ..., which may block, does not hold up others', (...words) => {
    const { send, output } = client()
    send(...words)
    expect(output('private')).toBe(encodeRequest(words).toString('latin1'))
  })

  it.each([
    ['XREADGROUP', 'GROUP', 'BLOCK', 'c', 'NOACK', 'STREAMS', 'k', '>'],
    ['XREADGROUP', 'group', 'g', 'c', 'count', '1', 'streams', 'BLOCK', '>'],
  ])('%s %s %s %s ... without BLOCK shares a connection', (...words) => {
    const { send, output } = client()
    send(...words)
    expect(output('master')).toBe(encodeRequest(words).toString('latin1'))
  })

  it.each([['SCRIPT', 'DEBUG', 'YES'], ['script', 'debug', 'sync']])('%s %s %s gets a connection for good, because the next script on it is not executed', (...words) => {
    const { send, session, output } = client()
    send('SCRIPT', 'EXISTS', 'a')
    send(...words)
    expect(session.isRaw).toBe(false)
    expect(output('master')).toBe(encodeRequest(['SCRIPT', 'EXISTS', 'a']).toString('latin1'))
  })

  it.each([['HELLO', '3'], ['AUTH', 'x'], ['CLIENT', 'REPLY', 'OFF'], ['REPLCONF', 'ACK', '1']])('%s %s between MULTI and EXEC keeps its connection, which is not for others then', (...words) => {
    const { send, answer, session } = client()
    send('MULTI')
    answer('private', '+OK\r\n')
    send(...words)
    expect(session.isRaw).toBe(true)
  })

  it('a request with many words that the proxy answers is answered at once', () => {
    const { sendBytes, sent } = client()
    const pair = '$7\r\nSETNAME\r\n$1\r\na\r\n'
    const from = performance.now()
    sendBytes(`*100002\r\n$5\r\nHELLO\r\n$1\r\n3\r\n${pair.repeat(50_000)}`)
    expect(performance.now() - from).toBeLessThan(1_000)
    expect(sent.text).toMatch(/^%7\r\n/)
  })

  it.each([
    'LOADING x', 'READONLY mode of the shop', 'MASTERDOWN', 'UNBLOCKED later',
  ])('a script that ends with the error %s has it executed once', (text) => {
    const { send, sent, answer, output } = client()
    send('EVAL', "redis.call('incr', 'x') return redis.error_reply(ARGV[1])", '0', text)
    answer('master', `-${text}\r\n`)
    expect(sent.text).toBe(`-${text}\r\n`)
    expect(output('master')).toBe('')
  })

  it.each([
    "READONLY You can't write against a read only replica.",
    "READONLY You can't write against a read only replica. script: f",
    'LOADING Valkey is loading the dataset in memory',
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  ])('a script that the node refuses with %s has it executed by the next one', (text) => {
    const { send, sent, answer, output, session } = client()
    send('EVAL', 'return 1', '0')
    answer('master', `-${text}\r\n`)
    session.resume()
    expect(sent.text).toBe('')
    expect(output('master')).toBe(encodeRequest(['EVAL', 'return 1', '0']).toString('latin1'))
  })

  it('a name of its own that is too long for the proxy gets an error', () => {
    const { send, sent } = client()
    send('CLIENT', 'SETNAME', 'x'.repeat(10_000))
    expect(sent.text).toMatch(/^-ERR Client names cannot/)
  })
})
