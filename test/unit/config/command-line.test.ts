import { describe, expect, it } from 'vitest'

import { absoluteConfigPath } from '../../../src/config/config-path.ts'
import { loadConfig, readCommandLine, USAGE, versionLine } from '../../../src/config/index.ts'
import { MemoryEnvironment } from './memory-environment.ts'
import { load, loadGood } from './load-text.ts'

function optionText(...args: string[]): string {
  const commandLine = readCommandLine('redis-sentinel', ['s.conf', ...args])
  if (commandLine.action !== 'run') throw new Error(commandLine.action)
  return commandLine.optionText
}

describe('command line (config.md 1)', () => {
  it.each([
    ['redis-sentinel', [], true], ['/usr/bin/my-redis-sentinel-2', [], true], ['REDIS-SENTINEL', [], false],
    ['sentinel', [], false], ['redis-server', ['--sentinel'], true], ['redis-server', ['x.conf', '--port', '1', '--sentinel'], true],
    ['redis-server', ['--SENTINEL'], false], ['valkey-sentinel', [], true], ['ts-sentinel', [], true], ['redis-sentinel/redis-server', [], false],
  ])('of %s %j starts a Sentinel: %s', (program, args, sentinelMode) => {
    expect(readCommandLine(program, args)).toMatchObject({ action: 'run', sentinelMode })
  })

  it('has special options as the first argument only', () => {
    expect(['-v', '--version', '-h', '--help', '--check-system'].map((word) => readCommandLine('ts-sentinel', [word, 'x']).action))
      .toEqual(['version', 'version', 'help', 'help', 'check-system'])
    expect(readCommandLine('ts-sentinel', ['--test-memory', '100'])).toEqual({ action: 'test-memory', megabytes: '100' })
    expect(optionText('--version')).toBe('version ')
    expect(optionText('-v')).toBe('"-v" ')
  })

  it.each([
    [['--timeout', '5'], ['timeout "5" ']],
    [['--timeout 5', '--port', '1'], ['timeout 5 ', 'port "1" ']],
    [['--timeout 5', '6'], ['timeout 5 "6" ']],
    [['--timeout', '--port', '1'], ['timeout "--port" "1" ']],
    [['timeout', '5', '--port', '1'], ['"timeout" "5" ', 'port "1" ']],
    [['--', '--port', '1'], [' "--port" "1" ']],
    [['--requirepass', '--abc', '--port', '1'], ['requirepass "--abc" ', 'port "1" ']],
    [['--save', '--port', '1'], ['save ""', 'port "1" ']],
    [['--SAVE'], ['SAVE ""']],
    [['--sentinel', '--port', '1'], ['sentinel ', 'port "1" ']],
    [['--sentinel', '--save', '--sentinel'], ['sentinel ', 'save ""', 'sentinel ']],
    [['--sentinel monitor m 127.0.0.1 1 1', '--port', '1'], ['sentinel monitor m 127.0.0.1 1 1 ', 'port "1" ']],
    [['--foo "', '--port', '1'], ['foo " ', 'port "1" ']],
    [['--requirepass', 'é"\n'], [String.raw`requirepass "\xc3\xa9\"\n" `]],
  ])('the arguments %j become lines of the configuration', (args, lines) => {
    expect(optionText(...args)).toBe(lines.join('\n'))
  })

  // The genuine program has no such option: a value that another option waits for is still that option's value.
  it.each<[string[], string | undefined, string]>([
    [['--settings', 'x.ini', '--port', '1'], 'x.ini', 'port "1" '],
    [['--port', '1', '--settings', 'x.ini'], 'x.ini', 'port "1" '],
    [['--sentinel', '--settings', '--x'], '--x', 'sentinel '],
    [['--requirepass', '--settings', '--port', '1'], undefined, 'requirepass "--settings" \nport "1" '],
    [['--settings'], undefined, 'settings '],
    [['--settings', 'a', '--settings', 'b'], 'a', 'settings "b" '],
    [['--port', '1'], undefined, 'port "1" '],
  ])('with %j names the settings file %s', (args, settingsPath, optionText) => {
    expect(readCommandLine('ts-sentinel', ['s.conf', ...args])).toMatchObject({ settingsPath, optionText })
  })

  it('reads standard input for a single dash in first or last place', () => {
    expect(readCommandLine('ts-sentinel', ['-', 's.conf']))
      .toMatchObject({ configPath: undefined, readsStandardInput: true, optionText: '"s.conf" ' })
    expect(readCommandLine('ts-sentinel', ['s.conf', '--port', '1', '-']))
      .toMatchObject({ configPath: 's.conf', readsStandardInput: true, optionText: 'port "1" ' })
    expect(readCommandLine('ts-sentinel', ['s.conf', '--port', '-', '--timeout', '1'])).toMatchObject({ readsStandardInput: false })
    expect(readCommandLine('ts-sentinel', ['--port', '1', 's.conf'])).toMatchObject({ configPath: undefined })
    expect(readCommandLine('ts-sentinel', [''])).toMatchObject({ configPath: '' })
  })

  it('puts options after the file and standard input, so that they win', () => {
    const { settings } = loadGood('timeout 1\nport 1', { args: ['--timeout', '3', '-'], stdin: '\ntimeout 2\nport 2' })
    expect(settings).toMatchObject({ idleTimeoutSeconds: 3, port: 2 })
    expect(load('port 41200', { args: ['-'], stdin: 'timeout 5' }))
      .toMatchObject({ failure: { where: { number: 1, text: 'port 41200timeout 5' } }, log: [{ level: 'notice', text: 'Reading config from stdin' }] })
  })

  it('needs a file for the state', () => {
    for (const args of [[], ['-'], ['--port', '1']]) {
      const commandLine = readCommandLine('ts-sentinel', args)
      if (commandLine.action !== 'run') throw new Error(commandLine.action)
      expect(loadConfig({ commandLine, environment: new MemoryEnvironment() })).toMatchObject({
        ok: false, failure: { kind: 'log', text: 'Sentinel needs config file on disk to save state. Exiting...' },
      })
    }
  })

  it('refuses a pattern as the file to write', () => {
    const commandLine = readCommandLine('ts-sentinel', ['s*conf'])
    if (commandLine.action !== 'run') throw new Error(commandLine.action)
    expect(loadConfig({ commandLine, environment: new MemoryEnvironment({ files: { 's.conf': 'port 1' } }) })).toMatchObject({
      settings: { port: 1 },
      failure: { text: 'Sentinel config file /data/s1/s*conf is not writable: No such file or directory. Exiting...' },
    })
  })

  it.each([
    ['/a/b.conf', '/a/b.conf'], ['s.conf', '/w/d/s.conf'], ['./s.conf', '/w/d/./s.conf'], ['../s.conf', '/w/s.conf'],
    ['../../../s.conf', '/s.conf'], ['sub/../s.conf', '/w/d/sub/../s.conf'], [' s.conf\n', '/w/d/s.conf'],
  ])('makes %j absolute', (path, absolute) => {
    expect(absoluteConfigPath(path, '/w/d')).toBe(absolute)
  })

  it('does not double the slash of the root', () => {
    expect(absoluteConfigPath('s.conf', '/')).toBe('/s.conf')
  })

  it('prints its version and usage in the shape of the original', () => {
    expect(versionLine({ version: '7.0.15', allocator: 'v8', build: 'abc' }))
      .toBe('Redis server v=7.0.15 sha=00000000:0 malloc=v8 bits=64 build=abc\n')
    expect(USAGE.split('\n')).toHaveLength(19)
  })
})
