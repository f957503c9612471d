/** From the configuration to the listening side and the process title: config.md 1.9 and 4.1. */
import { describe, expect, it } from 'vitest'
import { processTitle, programName } from '../../../src/daemon/process-title.ts'
import { serverSettings } from '../../../src/daemon/server-settings.ts'
import { settingsOf } from './settings-of.ts'

describe('a listener', () => {
  const listeners = (text: string) => serverSettings(settingsOf(text), { maxClients: 100, tls: undefined }).listeners

  it('has all addresses of port 26379 by default', () => {
    expect(listeners('')).toEqual([{ kind: 'tcp', bind: ['*', '-::*'], port: 26379, backlog: 511 }])
  })

  it('has the addresses, the port and the backlog of the file', () => {
    expect(listeners('bind 127.0.0.1 -::1\nport 5000\ntcp-backlog 7')).toEqual([
      { kind: 'tcp', bind: ['127.0.0.1', '-::1'], port: 5000, backlog: 7 },
    ])
  })

  it('on a unix socket is used with TCP or alone', () => {
    const socket = { kind: 'unix', path: '/run/s.sock', mode: 0o770, backlog: 511 }
    expect(listeners('unixsocket /run/s.sock\nunixsocketperm 770')).toHaveLength(2)
    expect(listeners('port 0\nunixsocket /run/s.sock\nunixsocketperm 770')).toEqual([socket])
    expect(listeners('bind ""\nunixsocket /run/s.sock\nunixsocketperm 770')).toEqual([socket])
  })

  it('is not needed: port 0 gives none', () => {
    expect(listeners('port 0')).toEqual([])
  })
})

it('the limits of clients have the values of the file', () => {
  const settings = serverSettings(settingsOf([
    'timeout 9', 'tcp-keepalive 8', 'protected-mode yes', 'proto-max-bulk-len 2mb', 'client-query-buffer-limit 3mb',
    'client-output-buffer-limit normal 1mb 2mb 3', 'client-output-buffer-limit pubsub 4mb 5mb 6',
  ].join('\n')), { maxClients: 100, tls: undefined })
  expect(settings).toMatchObject({
    maxClients: 100, idleTimeoutSeconds: 9, keepAliveSeconds: 8, protectedMode: true,
    requestLimits: { bulkBytesMax: 2 * 2 ** 20, bufferBytesMax: 3 * 2 ** 20 },
    outputLimits: {
      normal: { hardBytes: 2 ** 20, softBytes: 2 * 2 ** 20, softSeconds: 3 },
      pubsub: { hardBytes: 4 * 2 ** 20, softBytes: 5 * 2 ** 20, softSeconds: 6 },
    },
  })
})

describe('the process title', () => {
  const title = (text: string) => processTitle(settingsOf(text), '/etc/sentinel.conf')

  it.each([
    ['', `${programName()} *:26379 [sentinel]`],
    ['bind 127.0.0.1 ::1\nport 5000', `${programName()} 127.0.0.1:5000 [sentinel]`],
    ['port 0\nunixsocket /run/s.sock', `${programName()} unixsocket:/run/s.sock [sentinel]`],
    ['proc-title-template "{server-mode} {port} {tls-port} {config-file}"', '[sentinel] 26379 0 /etc/sentinel.conf'],
    ['set-proc-title no', undefined],
  ])('%j gives %s', (text, expected) => {
    expect(title(text)).toBe(expected)
  })
})
