/** The files that come along: what they name exists, and they agree with each other. */
import { describe, expect, it } from 'vitest'

import { parseExtensions } from '../../src/extensions/index.ts'
import { SCENARIOS } from '../../src/harness/scenarios/catalogue.ts'
import { manualMetrics } from './manual.ts'
import { filesUnder, readProjectFile } from './project-files.ts'
import { httpPaths, optionsOf, programOptions, tools } from './public-names.ts'

const example = (name: string): string => readProjectFile(`conf/examples/${name}`)

/** What follows a metric's name: its labels, and `_bucket` and the like of a histogram. */
const SERIES = /(?<![\w:])(?<name>(?:redis|process|nodejs)_\w+?)(?:_bucket|_sum|_count)?(?:\{(?<labels>[^}]*)\})?(?![\w{])/g

/** Labels that Prometheus adds. */
const SCRAPED = ['instance', 'job']

describe.each([
  ['alerts for Prometheus', 'prometheus-alerts.yml', 12], ['the dashboard of Grafana', 'grafana-dashboard.json', 20],
])('%s', (_title, file, least) => {
  const uses = [...example(file).replaceAll('\\"', '"').matchAll(SERIES)]
  const families = manualMetrics()

  it('use only metrics that /metrics has', () => {
    const names = new Set(uses.map(({ groups }) => groups?.['name'] ?? ''))
    expect(names.size).toBeGreaterThanOrEqual(least)
    // The names of the job and of the exporter in comments are no metrics.
    expect([...names].filter((name) => !families.has(name) && name !== 'redis_exporter')).toEqual([])
  })

  it('use only labels that these metrics have', () => {
    const odd = uses.flatMap(({ groups }) => {
      const known = [...families.get(groups?.['name'] ?? '') ?? [], ...SCRAPED]
      return [...(groups?.['labels'] ?? '').matchAll(/(\w+)\s*(?:=|!=)~?"/g)].map(([, label = '']) => label)
        .filter((label) => !known.includes(label)).map((label) => `${groups?.['name']}{${label}}`)
    })
    expect(odd).toEqual([])
  })
})

describe('the dashboard of Grafana', () => {
  interface Panel {
    readonly id: number
    readonly type: string
    readonly title: string
    readonly gridPos: { readonly x: number, readonly y: number, readonly w: number, readonly h: number }
    readonly targets?: readonly { readonly expr: string }[]
  }

  const { panels, templating } = JSON.parse(example('grafana-dashboard.json')) as {
    readonly panels: readonly Panel[]
    readonly templating: { readonly list: readonly { readonly name: string }[] }
  }

  it('has panels with different names and a query, which do not overlap', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
    expect(panels.filter(({ type, targets }) => type !== 'row' && (targets ?? []).length === 0)).toEqual([])
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => (
      Array.from({ length: w * h }, (_, at) => `${x + at % w},${y + Math.floor(at / w)}`)
    ))
    expect(new Set(cells).size).toBe(cells.length)
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([])
  })

  it('has every variable that it uses', () => {
    const own = templating.list.map(({ name }) => name)
    const used = [...example('grafana-dashboard.json').matchAll(/\$\{?([a-z]\w*)/g)].map(([, name = '']) => name)
    expect([...new Set(used)].sort()).toEqual([...own].sort())
  })
})

describe('the paths and ports in examples', () => {
  const files = filesUnder('conf/examples', ['.yaml', '.yml', '.cfg', 'Dockerfile', '.service'])

  it('are paths of the program', () => {
    expect(files.length).toBe(10)
    const asked = files.flatMap((file) => [...readProjectFile(file).matchAll(/(?:metrics_path: |path: |GET uri-lf |GET )(\/[^\s?]+)/g)]
      .map(([, path = '']) => path.replace('/masters/mymaster', '/masters/<name>')))
    expect(asked).toEqual(expect.arrayContaining(['/livez', '/readyz', '/metrics', '/masters/<name>/primary']))
    expect(asked.filter((path) => !httpPaths().includes(path))).toEqual([])
  })

  it.each(files)('of %s are 26379 for sentinels, 26380 for HTTP, 6379 for Redis and 6380 for a proxy', (file) => {
    const ports = [...readProjectFile(file).matchAll(/(?<!\d)2?6\d{3}(?!\d)/g)].map(([port]) => port)
    expect(ports.filter((port) => !['26379', '26380', '6379', '6380'].includes(port))).toEqual([])
  })

  it.each(['compose.yaml', 'kubernetes.yaml'])('of %s come from a ts-sentinel.ini that is valid', (file) => {
    const [, indent = '', text = ''] = /^( +)(?=\[http\])([\s\S]*?)(?=\n---|(?![\s\S]))/m.exec(example(file)) ?? []
    const settings = parseExtensions(text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''), { isEventPattern: () => true })
    expect(settings).toMatchObject({ ok: true, settings: { http: { host: '*', port: 26_380 } } })
  })
})

describe.each([
  ['conf/completion/ts-sentinel.bash', /local connection='([^']*)'/], ['conf/completion/_ts-sentinel', /connection=\(([\s\S]*?)\n {2}\)/],
])('completion: %s', (path, connection) => {
  const text = readProjectFile(path)
  const shared = connection.exec(text)?.[1] ?? ''
  const spelled = (block: string): string[] => {
    const all = /\$connection/.test(block) ? `${block} ${shared}` : block
    return [...new Set([...all.matchAll(/(?<![\w-])--?[a-z][a-z-]*/g)].map(([option]) => option))].sort()
  }

  it.each(tools())('has the options of %s and no others', (tool) => {
    const block = [...text.matchAll(/^ {4}([a-z][a-z |]*)\)\n([\s\S]*?)\n {6};;/gm)]
      .find(([, labels = '']) => labels.split(' | ').includes(tool))?.[2] ?? ''
    // Flags of the shells' own words.
    expect(spelled(block).filter((option) => !['-f', '-d', '-e'].includes(option))).toEqual(optionsOf(tool))
  })

  it('has the tools, the options of the program and the scenarios', () => {
    expect(tools().filter((tool) => !text.includes(`'${tool}:`) && !text.includes(`'${tools().join(' ')}'`))).toEqual([])
    expect(programOptions().filter((option) => !text.includes(option))).toEqual([])
    expect(text).toContain(SCENARIOS.map(({ name }) => name).join(' '))
  })
})
