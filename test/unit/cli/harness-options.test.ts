import { describe, expect, it } from 'vitest'

import { parseHarnessOptions } from '../../../src/cli/harness/options.ts'

const run = (...args: string[]) => parseHarnessOptions(['run', ...args, '--', 'pytest', '-x'])

describe('the arguments of ts-sentinel harness', () => {
  it('have a deployment and a command', () => {
    expect(run('--replicas', '1', '--sentinels', '3', '--genuine', '1', '--masters', 'cache, sessions', '--tls', '--password', 'secret',
      '--network', 'relayed', '--redis-config', 'maxmemory 1mb', '--redis-config', 'timeout 5', '--port', '7000', '--quiet', '--no-wait',
    )).toEqual({
      kind: 'run', port: 7000, outliveParent: false, quiet: true, command: ['pytest', '-x'],
      deployment: {
        masters: [{ name: 'cache' }, { name: 'sessions' }], replicas: 1, sentinels: ['ours', 'ours', 'genuine'], tls: true,
        password: 'secret', network: 'relayed', redisConfig: ['maxmemory 1mb', 'timeout 5'], formed: false, programs: {},
        folderPrefix: 'ts-sentinel-run',
      },
    })
    expect(parseHarnessOptions(['serve', '--outlive-parent'])).toEqual({ kind: 'serve', port: 0, outliveParent: true })
    expect(parseHarnessOptions([]).kind).toBe('help')
    expect(run('-h').kind).toBe('help')
  })

  it('leave the options of the command to it', () => {
    expect(parseHarnessOptions(['run', '--', 'sh', '-c', 'a -- b', '--help'])).toMatchObject({ command: ['sh', '-c', 'a -- b', '--help'] })
  })

  it.each([
    [['rum'], '"rum" is neither run nor serve. Did you mean: ts-sentinel harness run?'],
    [['run'], 'the command is missing: ts-sentinel harness run [options] -- COMMAND [ARGUMENTS]'],
    [['run', '--'], 'the command is missing'],
    [['run', 'pytest'], 'unexpected argument "pytest"; the command comes after two dashes: -- COMMAND'],
    [['run', '--replica', '1', '--', 'x'], 'there is no option --replica. Did you mean: --replicas?'],
    [['run', '--replicas', 'two', '--', 'x'], '--replicas is a whole number from 0 to 2147483647, not "two"'],
    [['run', '--replicas', '5000', '--', 'x'], 'replicas'],
    [['run', '--quorum', '4', '--', 'x'], '--quorum 4 of mymaster cannot be reached with 3 sentinels; to try it all the same, give --no-wait'],
    [['run', '--genuine', '4', '--', 'x'], '--genuine 4 is more than all sentinels, which are 3; give more with --sentinels'],
    [['run', '--masters', '2', '--', 'x'], '--masters is a list of names, such as cache,sessions, not 2'],
    [['run', '--masters', 'a,a', '--', 'x'], '--masters is "a", as another master\'s'],
    [['run', '--user', 'app', '--', 'x'], '--user app needs a password for mymaster'],
    [['run', '--network', 'relay', '--', 'x'], '--network is direct or relayed, not "relay". Did you mean: relayed?'],
    [['run', '--persistence', 'disk', '--', 'x'], '--persistence is none, aof or rdb, not "disk"'],
    [['serve', '--replicas', '1'], '--replicas is an option of run; serve starts deployments when it is asked to'],
    [['serve', '--', 'x'], 'serve takes no command; run does'],
    [['serve', '--port', '70000'], '--port is a whole number from 0 to 65535, not "70000"'],
  ])('%j are explained: %s', (args, message) => {
    expect(() => parseHarnessOptions(args)).toThrow(message)
  })
})
