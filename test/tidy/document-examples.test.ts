/** The code in documents works: it is loaded, parsed, type-checked or run here, by its language. */
import { describe, expect, it } from 'vitest'

import { globMatch } from '../../src/core/index.ts'
import { CATALOG } from '../../src/events/index.ts'
import { parseExtensions } from '../../src/extensions/index.ts'
import { signatureOf } from '../../src/webhooks/message.ts'
import { parseScript } from '../scenarios/support/script.ts'
import { playScript } from '../scenarios/support/transcript.ts'
import { codeBlocks, type CodeBlock } from './code-blocks.ts'
import { configProblem } from './config-problem.ts'
import { typeProblems } from './example-types.ts'
import { spelled, storyWords, strangeWords } from './output-words.ts'
import { documents, filesUnder, readProjectFile } from './project-files.ts'

const blocks = [...documents(), ...filesUnder('docs', ['.md'])].flatMap((path) => codeBlocks(path, readProjectFile(path)))

/** Blocks in these languages quote a file of an example. */
const QUOTED: ReadonlyMap<string, RegExp> = new Map([
  ['yaml', /^conf\/.*\.ya?ml$/], ['systemd', /^conf\/.*\.service$/], ['python', /^test\/.*\.py$/],
])
const EXAMPLES = [...filesUnder('conf/examples', ['']), ...filesUnder('test/examples', [''])]

/** Output of a program, and commands with a prompt, which `commands` finds. */
const OUTPUT = ''

/** What is wrong with a block that can be judged by itself; those of TypeScript are checked together. */
function blockProblem({ language, code }: CodeBlock): string | undefined {
  switch (language) {
    case 'ini': {
      const parsed = parseExtensions(code, { isEventPattern })
      return parsed.ok ? undefined : parsed.problems.map(({ text }) => text).join(' ')
    }
    case 'conf':
      return configProblem(code)
    case 'json':
      return jsonProblem(code)
    case 'ts': case 'js': case 'sh': case 'mermaid': case OUTPUT:
      return undefined
    default:
      return quotationProblem(language, code)
  }
}

function isEventPattern(pattern: string): boolean {
  return Object.keys(CATALOG).some((name) => globMatch(pattern, name))
}

function jsonProblem(code: string): string | undefined {
  try {
    JSON.parse(code)
    return undefined
  } catch (error) {
    return String(error)
  }
}

/** Every line is one of the same file, in its order. */
function quotationProblem(language: string, code: string): string | undefined {
  const ending = QUOTED.get(language)
  if (ending === undefined) return `no check knows blocks of ${language}`
  const wanted = code.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  const isQuoted = EXAMPLES.filter((path) => ending.test(path)).some((path) => {
    let at = 0
    for (const line of readProjectFile(path).split('\n')) if (line.trim() === wanted[at]) at += 1
    return at === wanted.length
  })
  return isQuoted ? undefined : `no example has these lines: ${wanted[0] ?? ''} ...`
}

function problems(found: readonly CodeBlock[]): string[] {
  return found.flatMap((block) => {
    const problem = blockProblem(block)
    return problem === undefined ? [] : [`${block.path}:${block.line}: ${problem}`]
  })
}

const block = (language: string, code: string): CodeBlock => ({ path: 'x.md', line: 3, language, code })

describe('blocks of code in documents', () => {
  it('are read from every document', () => {
    expect(new Set(blocks.map(({ path }) => path))).toContain('CONTRIBUTING.md')
  })

  it('can be loaded as a configuration, can be parsed, or quote an example', () => {
    expect(blocks.filter(({ language }) => language === 'ini').length).toBeGreaterThan(3)
    expect(blocks.filter(({ language }) => language === 'conf').length).toBeGreaterThan(3)
    expect(problems(blocks)).toEqual([])
  })

  it.each([
    ['an unknown setting', 'ini', '[http]\nlisten = 127.0.0.1:26380\nport = 1\n', 'has no key \'port\''],
    ['an event that does not exist', 'ini', '[webhook.a]\nurl = http://x/\nevents = +switch-slave\n', 'No event'],
    ['an unknown directive', 'conf', 'no-such-directive 1\n', 'Bad directive'],
    ['a rule that no user can have', 'conf', 'user a nonsense\n', 'nonsense'],
    ['broken JSON', 'json', '{"a": }\n', 'SyntaxError'],
    ['YAML that is in no example', 'yaml', 'kind: Nonsense\n', 'no example has these lines'],
    ['a unit that is no example', 'systemd', '[Service]\nType=forking\n', 'no example has these lines'],
    ['a language without a check', 'ruby', 'puts 1\n', 'no check knows blocks of ruby'],
  ])('are reported when they hold %s', (_title, language, code, text) => {
    expect(problems([block(language, code)])).toEqual([expect.stringMatching(/^x\.md:3: /)])
    expect(problems([block(language, code)])[0]).toContain(text)
  })

  it('in TypeScript and JavaScript have no type errors, and a planted one is reported', () => {
    // The recipes of the cookbook run.
    const recipes = filesUnder('test/cookbook', ['.mjs']).map(readProjectFile)
    const typed = blocks.filter(({ language, code }) => (language === 'ts' || language === 'js') && !recipes.includes(code))
    expect(typed.length).toBeGreaterThan(3)
    const wrong = [
      block('ts', 'import { withDeployment } from \'ts-sentinel/harness\'\nawait withDeployment({ replica: 2 }, () => Promise.resolve())\n'),
      block('js', 'import { killNobody } from \'ts-sentinel/harness/vitest\'\nkillNobody()\n'),
    ]
    expect(typeProblems([...typed, ...wrong])).toEqual([
      expect.stringMatching(/^x\.md:4: .*'replica' does not exist/), expect.stringMatching(/^x\.md:3: .*killNobody/),
    ])
  }, 60_000)

  it('show the test for vitest of the package, which npm run try-package runs', () => {
    const shown = blocks.filter(({ path, language }) => path === 'docs/harness.md' && language === 'js').map(({ code }) => code)
    expect(shown).toContain(readProjectFile('test/examples/ioredis/vitest.test.mjs'))
  })

  it('in CONTRIBUTING.md have a scenario that plays', async () => {
    const code = blocks.find(({ path, code }) => path === 'CONTRIBUTING.md' && code.includes('\ndeployment '))?.code ?? ''
    const played = await playScript(parseScript('CONTRIBUTING.md', code))
    expect(played.blocks.flatMap(({ output }) => output).join('\n')).toMatch(/^ {2}\+switch-master mymaster /m)
  })

  it('verify the signature of a webhook as the sender makes it', async () => {
    const code = blocks.find((one) => one.code.includes('export function isGenuine'))?.code ?? ''
    const module = await import(`data:text/javascript,${encodeURIComponent(code)}`) as {
      isGenuine(signature: string, body: string, secret: string): boolean
    }
    const seconds = Math.floor(Date.now() / 1000)
    const signed = (unixSeconds: number): string => signatureOf('{"id":"1"}', { secret: 'shared', unixSeconds })
    expect(module.isGenuine(signed(seconds), '{"id":"1"}', 'shared')).toBe(true)
    expect(module.isGenuine(signed(seconds), '{"id":"2"}', 'shared')).toBe(false)
    expect(module.isGenuine(signed(seconds), '{"id":"1"}', 'other')).toBe(false)
    expect(module.isGenuine(signed(seconds - 400), '{"id":"1"}', 'shared')).toBe(false)
    expect(module.isGenuine('nonsense', '{"id":"1"}', 'shared')).toBe(false)
  })
})

describe('output in documents', () => {
  const sourcesOf = (...folders: readonly string[]): string => (
    spelled(folders.flatMap((folder) => filesUnder(folder)).map(readProjectFile))
  )
  const outputs = (path: string): string[] => (
    blocks.filter((one) => one.path === path && one.language === OUTPUT).map(({ code }) => code)
  )

  it('of the quick start has the words of the program, and the README shows a part of it', () => {
    const [whole = '', proxied = ''] = outputs('docs/quick-start.md')
    const [part = ''] = outputs('README.md')
    expect(whole).toContain('Killing the master')
    expect(proxied).toContain('through the proxy')
    expect(`${whole}\n${proxied}`.split('\n').flatMap((line) => strangeWords(storyWords(line), sourcesOf('src/cli/quickstart')))).toEqual([])
    expect(part.split('\n').filter((line) => !whole.split('\n').includes(line))).toEqual([])
  })

  it('of the tools in docs/troubleshooting.md has their words', () => {
    const shown = outputs('docs/troubleshooting.md').flatMap((code) => code.split('\n').filter((line) => !line.startsWith('$ ')))
    expect(shown.length).toBeGreaterThan(8)
    expect(shown.flatMap((line) => strangeWords(line, sourcesOf('src/cli', 'src/explain')))).toEqual([])
  })

  it('is reported when the program has other words', () => {
    const line = '   1005 ms  sentinel-1  redis-0 seems to be gone  +sdown'
    expect(strangeWords(storyWords(line), sourcesOf('src/cli/quickstart'))).toEqual(['seems to be gone'])
  })
})
