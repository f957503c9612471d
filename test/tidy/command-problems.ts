/** What is wrong with a command of a document: scripts, tools, options and scenarios that do not exist. */
import { DIRECTIVES } from '../../src/config/index.ts'
import { SCENARIOS } from '../../src/harness/scenarios/catalogue.ts'
import type { Command } from './code-blocks.ts'
import { filesUnder, readProjectFile } from './project-files.ts'
import { optionsOf, programOptions, tools } from './public-names.ts'

interface Package {
  readonly scripts: Readonly<Record<string, string>>
}

const { scripts } = JSON.parse(readProjectFile('package.json')) as Package

/** Stands for the name of a master behind `--yes-fail-over-`. */
const CONFIRMATION = '--yes-fail-over-'

export function commandProblems({ words }: Command): string[] {
  const [program, ...rest] = words
  switch (program) {
    case 'npm':
      return rest[0] === 'run' ? scriptProblems(rest.slice(1)) : []
    case 'ts-sentinel':
      return sentinelProblems(rest)
    default:
      return []
  }
}

function scriptProblems(words: readonly string[]): string[] {
  const [name = ''] = words.filter((word) => word !== '--silent')
  const script = scripts[name]
  if (script === undefined) return [`package.json has no script ${name}`]
  const known = scriptOptions(name, script)
  return options(words.slice(words.indexOf('--') + 1)).filter((option) => option !== '--silent' && !known.includes(option))
    .map((option) => `npm run ${name} has no option ${option}`)
}

/** Spelled in the program that the script runs, and in files beside it. */
function scriptOptions(name: string, script: string): string[] {
  const [, program] = /test\/(?:run\.mjs )?([\w/-]+)(?:\.mjs)?/.exec(script) ?? []
  const folder = program === undefined ? `src/cli/${name}` : `test/${program.split('/')[0] ?? ''}`
  const text = filesUnder(folder, ['.ts', '.mjs']).map(readProjectFile).join('\n')
  return [
    ...[...text.matchAll(/^\s*'?([a-z][a-z-]*)'?: \{ type: '(?:string|boolean)'/gm)].map(([, option = '']) => `--${option}`),
    ...[...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option),
    ...[...text.matchAll(/\b([a-z]\w*): \{ type: '(?:string|boolean)'/g)].map(([, option = '']) => `--${option}`),
  ]
}

function sentinelProblems(words: readonly string[]): string[] {
  const [tool = ''] = words
  if (!tools().includes(tool)) return programProblems(words)
  const known = optionsOf(tool)
  return [
    ...options(words).filter((option) => !known.includes(option) && !option.startsWith(CONFIRMATION))
      .map((option) => `ts-sentinel ${tool} has no option ${option}`),
    ...words.flatMap((word, at) => word === '--scenario' ? scenarioProblems(words[at + 1] ?? '') : []),
  ]
}

function programProblems(words: readonly string[]): string[] {
  const directives = DIRECTIVES.flatMap(({ name, aliases }) => [name, ...aliases]).map((name) => `--${name}`)
  return options(words).filter((option) => !programOptions().includes(option) && !directives.includes(option))
    .map((option) => `ts-sentinel has no option ${option}`)
}

function scenarioProblems(names: string): string[] {
  const known = SCENARIOS.map(({ name }) => name)
  return names.split(',').filter((name) => !known.includes(name)).map((name) => `there is no scenario ${name}`)
}

function options(words: readonly string[]): string[] {
  return words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split('=')[0] ?? '')
}
