import { describe, expect, it } from 'vitest'

import { expandTitle } from '../../../src/config/index.ts'

const variables = {
  'title': 'redis-sentinel', 'listen-addr': '*:26379', 'server-mode': '[sentinel]', 'port': '26379', 'tls-port': '0',
  'unixsocket': '', 'config-file': '/s.conf',
}

describe('process title (config.md 1.9)', () => {
  it.each([
    ['{title} {listen-addr} {server-mode}', 'redis-sentinel *:26379 [sentinel]'], ['x', 'x'], ['port}', 'port}'],
    ['{{port}}', '{port}}'], ['{{{port}', '{26379'], [' {config-file} ', '/s.conf'],
  ])('the template %s is expanded', (template, title) => {
    expect(expandTitle(template, variables)).toBe(title)
  })

  it.each(['', '  ', '{foo}', '{port', '{', '{ port }', '{PORT}', '{}', '{unixsocket}'])('%j is no template', (template) => {
    expect(expandTitle(template, variables)).toBeUndefined()
  })
})
