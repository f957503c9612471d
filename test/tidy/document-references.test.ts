/** What README.md and the documents name exists: commands, options, paths, links, keys. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { SECTION_KEYS } from '../../src/extensions/index.ts'
import { SCENARIOS } from '../../src/harness/scenarios/catalogue.ts'
import { codeBlocks, codeSpans, commands } from './code-blocks.ts'
import { commandProblems } from './command-problems.ts'
import { anchors, linkProblem, links } from './links.ts'
import {
  CONTRACT_DOCUMENTS, documents, filesUnder, guides, PROJECT_ROOT, readProjectFile,
} from './project-files.ts'
import { httpPaths } from './public-names.ts'

const everyDocument = [...documents(), ...filesUnder('docs', ['.md'])]

describe('commands in documents', () => {
  const found = (path: string, text: string): string[] => commands(path, text).flatMap((command) => (
    commandProblems(command).map((problem) => `${command.path}:${command.line}: ${problem}`)
  ))

  it('name scripts, tools, options and scenarios that exist', () => {
    const all = everyDocument.filter((path) => !CONTRACT_DOCUMENTS.includes(path))
    expect(all.flatMap((path) => commands(path, readProjectFile(path))).length).toBeGreaterThan(40)
    expect(all.flatMap((path) => found(path, readProjectFile(path)))).toEqual([])
  })

  it.each([
    ['a script', '```sh\nnpm ci && npm run no-such-script\n```', 'x.md:2: package.json has no script no-such-script'],
    ['an option of a script', 'Run `npm run simulate -- --no-such 1`.', 'x.md:1: npm run simulate has no option --no-such'],
    ['an option of a tool', '```\n$ ts-sentinel check FILE --online\n```', 'x.md:2: ts-sentinel check has no option --online'],
    ['an option of the program', 'Run `ts-sentinel FILE\n--prot 1`.', 'x.md:1: ts-sentinel has no option --prot'],
    ['a scenario', '```sh\nts-sentinel drill --scenario kill-all\n```', 'x.md:2: there is no scenario kill-all'],
  ])('are reported when they name %s that does not exist', (_title, text, problem) => {
    expect(found('x.md', text)).toEqual([problem])
  })
})

describe('paths and links in documents', () => {
  /** Files of the project that are named in code and do not exist. */
  const lostPaths = (path: string, text: string): string[] => {
    const shell = codeBlocks(path, text).filter(({ language }) => language === 'sh')
    const code = [...codeSpans(text), ...shell].map((one) => one.code)
    const named = code.flatMap((one) => one.split(/[\s'"]+/)).map((word) => word.replace(/^node_modules\/ts-sentinel\//, ''))
      .flatMap((word) => {
        const [, before = '', several, after = ''] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(word) ?? []
        return several === undefined ? [word] : several.split(',').map((one) => `${before}${one}${after}`)
      })
      .filter((word) => /^(?:conf|docs|src|test)\/[\w./-]+$/.test(word))
    return named.filter((word) => !existsSync(join(PROJECT_ROOT, word))).map((word) => `${path}: ${word} does not exist`)
  }

  it('lead to files and headings that exist', () => {
    expect(guides().flatMap((path) => lostPaths(path, readProjectFile(path)))).toEqual([])
    const lost = everyDocument.flatMap((path) => links(path, readProjectFile(path)).flatMap((link) => {
      const problem = linkProblem(link)
      return problem === undefined ? [] : [`${path}: ${problem}`]
    }))
    expect(lost).toEqual([])
  })

  it('are reported when they lead nowhere', () => {
    expect(lostPaths('x.md', 'See `conf/examples/{tls.conf,no-such.conf}`.')).toEqual(['x.md: conf/examples/no-such.conf does not exist'])
    expect(links('docs/x.md', '[a](../README.md#faq) [b](#c) [d](https://example.com/)').map(linkProblem))
      .toEqual([undefined, 'docs/x.md does not exist'])
    expect(linkProblem({ target: 'README.md', anchor: 'no-such' })).toBe('README.md has no heading #no-such')
    expect(anchors('# Why does no failover happen?\n## `[http]`: keys\n')).toEqual(['why-does-no-failover-happen', 'http-keys'])
  })

  it('of README.md are in the package', () => {
    const { files } = JSON.parse(readProjectFile('package.json')) as { readonly files: readonly string[] }
    const left = links('README.md', readProjectFile('README.md')).map(({ target }) => target)
      .filter((target) => !files.some((file) => target === file || target.startsWith(`${file}/`)))
    expect(left).toEqual([])
  })
})

describe('the guides', () => {
  it('begin with a README of at most 250 lines', () => {
    expect(readProjectFile('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(250)
  })

  it.each(Object.entries(SECTION_KEYS))('describe every key of [%s] in docs/configuration.md and no others', (kind, keys) => {
    const part = readProjectFile('docs/configuration.md').split(/^### /m).find((one) => one.startsWith(`[${kind}`)) ?? ''
    expect([...part.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, key]) => key)).toEqual([...keys])
  })

  it('describe every path of HTTP in docs/monitoring.md and no others', () => {
    const described = [...readProjectFile('docs/monitoring.md').matchAll(/^\| `(\/[^`?]*)/gm)].map(([, path]) => path)
    expect(described.sort()).toEqual(['/', ...httpPaths().filter((path) => path !== '/')].sort())
  })

  it('describe every scenario of the drill in docs/testing-failover.md as the catalogue does', () => {
    const described = [...readProjectFile('docs/testing-failover.md').matchAll(/^\| `([a-z-]+)` \| (.*) \|$/gm)]
      .map(([, name, title]) => ({ name, title }))
    expect(described).toEqual(SCENARIOS.map(({ name, title }) => ({ name, title })))
  })
})
