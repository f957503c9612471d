/** Every command, directive, key, path, metric and variable of ours is documented, and nothing else is. */
import { describe, expect, it } from 'vitest'

import { SECTION_KEYS } from '../../src/extensions/keys.ts'
import { DIRECTIVES } from '../../src/config/index.ts'
import { undocumentedExports } from './exports.ts'
import { manualMetrics, section } from './manual.ts'
import { readProjectFile } from './project-files.ts'
import {
  connects, environmentVariables, httpParameters, httpPaths, metrics, optionFolders, optionsOf, ownCommands,
  ownDirectives, programOptions, tools, TOOLS_OF,
} from './public-names.ts'

/** Names that do not stand there as words of their own. */
const missing = (names: readonly string[], text: string): string[] => names.filter((name) => {
  const spelled = name.replace(/[^\w\s]/g, '\\$&')
  return !new RegExp(`(?<![\\w/-])${spelled}(?![\\w-])`).test(text)
})

const spelledOptions = (text: string): string[] => [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option)

describe('the manual page', () => {
  it('has every tool, and every folder of options is that of a tool', () => {
    expect(tools()).toEqual([
      'check', 'status', 'explain', 'history', 'pause', 'resume', 'forget', 'failover', 'switchover', 'proxy', 'drill',
      'harness',
    ])
    expect(missing(tools().map((tool) => `ts-sentinel ${tool}`), section('SYNOPSIS'))).toEqual([])
    expect(optionFolders().filter((folder) => !(folder in TOOLS_OF))).toEqual([])
    expect(missing(tools().map((tool) => `ts-sentinel ${tool}`), section('EXIT STATUS'))).toEqual([])
  })

  // The options of the proxy are its directives, which have a page of their own (proxy-documents.test.ts).
  it.each(tools().filter((tool) => tool !== 'proxy'))('has the options of %s and no others', (tool) => {
    // Those that reach a sentinel are described once. The drill connects to data nodes, too.
    const shared = connects(tool) && tool !== 'drill' ? section('Connection options') : ''
    const text = `${section(`ts-sentinel ${tool}`)}\n${shared}\n${section('TOOLS').split('\nts-sentinel check')[0] ?? ''}`
    const options = optionsOf(tool)
    expect(options.length).toBeGreaterThan(4)
    expect(missing(options, text.replaceAll('--yes-fail-over-NAME', '--yes-fail-over- '))).toEqual([])
    expect(spelledOptions(text).filter((option) => !options.includes(option))).toEqual([])
  })

  it('has the options of the program and no others', () => {
    const directives = DIRECTIVES.flatMap(({ name, aliases }) => [name, ...aliases]).map((name) => `--${name}`)
    expect(programOptions()).toContain('--settings')
    expect(missing(programOptions(), section('OPTIONS'))).toEqual([])
    const known = [...programOptions(), ...directives, '--directive']
    expect(spelledOptions(section('OPTIONS')).filter((option) => !known.includes(option))).toEqual([])
  })

  it('has the commands and directives that the original does not know', () => {
    expect(ownCommands()).toContain('explain')
    expect(missing(ownCommands().map((name) => `SENTINEL ${name.toUpperCase()}`), section('COMMANDS'))).toEqual([])
    expect(ownDirectives()).toContain('primary-reboot-down-after-period')
    expect(missing(ownDirectives(), section('DIRECTIVES'))).toEqual([])
  })

  it('has the paths of HTTP with their parameters, and no others', () => {
    const text = section('HTTP').replaceAll(/\/(masters|fleet)\/name/g, '/$1/<name>')
    expect(httpPaths()).toEqual(expect.arrayContaining(['/readyz', '/events', '/masters/<name>/primary']))
    expect(missing(httpPaths(), text)).toEqual([])
    expect(httpParameters()).toEqual(expect.arrayContaining(['addr', 'quorum', 'last-event-id']))
    expect(missing(httpParameters(), text)).toEqual([])
    const spelled = [...text.matchAll(/^\/\S*(?=$| )/gm)].map(([path]) => path.replace(/,$/, ''))
    expect(spelled.filter((path) => !httpPaths().includes(path))).toEqual([])
  })

  it('has the metrics and no others', () => {
    expect(metrics().length).toBeGreaterThan(35)
    expect([...manualMetrics().keys()].sort()).toEqual(metrics().sort())
  })

  it('has the variables of the environment', () => {
    expect(environmentVariables()).toEqual(expect.arrayContaining(['REDISCLI_AUTH', 'NOTIFY_SOCKET', 'REDIS_PASSWORD']))
    expect(missing(environmentVariables(), section('ENVIRONMENT'))).toEqual([])
  })

  it('names this release', () => {
    const { version } = JSON.parse(readProjectFile('package.json')) as { version: string }
    expect(readProjectFile('conf/man/ts-sentinel.1')).toContain(`"ts-sentinel ${version}"`)
  })
})

describe('ts-sentinel.ini', () => {
  const text = readProjectFile('conf/ts-sentinel.ini')
  const parts = text.split(/^# \[/m).slice(1)

  it.each(Object.entries(SECTION_KEYS))('describes every key of [%s] and no others', (kind, keys) => {
    const part = parts.find((one) => new RegExp(`^${kind}[. \\]]`).test(one)) ?? ''
    const described = [...part.matchAll(/^# ([a-z-]+) = /gm)].map((match) => match[1])
    expect(described).toEqual([...keys])
    // An example without a word about it is no description.
    for (const key of keys) expect(part).toMatch(new RegExp(`^# .*[a-z].*[.:]\\s*\\n# ${key} = `, 'm'))
    expect(missing(keys, section('SETTINGS'))).toEqual([])
  })
})

describe('exports', () => {
  it.each(['src/index.ts', 'src/harness/index.ts', 'src/harness/vitest.ts'])('everything that %s exports is described', (path) => {
    const { names, undocumented } = undocumentedExports(path)
    expect(names.length).toBeGreaterThan(2)
    expect(undocumented).toEqual([])
  })
})
