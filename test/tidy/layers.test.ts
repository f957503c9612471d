/** Layers inside the modules (ARCHITECTURE.md, "Map"), and circles of imports everywhere. */
import { describe, expect, it } from 'vitest'
import { typeCircles, valueCircles } from './import-circles.ts'
import { withImports } from './import-rules.ts'
import { layerViolations } from './layer-rules.ts'
import { filesUnder, readProjectFile } from './project-files.ts'

/** Circles of types that may be: the first file of each as the test prints it, and the reason. */
const ALLOWED_TYPE_CIRCLES: Readonly<Record<string, string>> = {
  'src/commands/command-index.ts -> src/commands/command-spec.ts -> src/commands/environment.ts -> src/commands/command-index.ts':
    'a handler is called with the environment, which holds the index of all commands for COMMAND and ACL',
  'src/harness/deployment-builder.ts -> src/harness/deployment.ts -> src/harness/deployment-builder.ts':
    'the builder makes the groups of masters that belong to the public type of a deployment',
  'src/harness/deployment.ts -> src/harness/formed.ts -> src/harness/deployment.ts':
    'the check reads a deployment, and the deployment offers it as a method',
  'src/harness/deployment.ts -> src/harness/settled.ts -> src/harness/deployment.ts':
    'the check reads a deployment, and the deployment offers it as a method',
}

const sources = filesUnder('src').map((path) => withImports({ path, text: readProjectFile(path) }))
const printed = (circle: readonly string[]) => [...circle, circle[0]].join(' -> ')

describe('the layers of src/core, src/commands and src/proxy', () => {
  it('import only layers that they may', () => {
    expect(layerViolations(sources)).toEqual([])
  })
})

describe('the files of src', () => {
  it('do not import values in a circle', () => {
    expect(valueCircles(sources).map(printed)).toEqual([])
  })

  it('import types in a circle only where the reason is written down', () => {
    const circles = typeCircles(sources).map(printed)
    expect(circles.filter((circle) => !(circle in ALLOWED_TYPE_CIRCLES))).toEqual([])
    expect(Object.keys(ALLOWED_TYPE_CIRCLES).filter((circle) => !circles.includes(circle))).toEqual([])
  })
})

describe('the checker of layers', () => {
  function reasons(path: string, text: string): string[] {
    return layerViolations([withImports({ path, text })]).map(({ reason }) => reason)
  }

  it.each([
    ['a record that uses a rule', 'src/core/state/x.ts', "import { enter } from '../failover/phases.ts'", 'state must not import failover'],
    ['even for a type', 'src/core/state/x.ts', "import type { Turn } from '../turn.ts'", 'state must not import turn'],
    ['monitoring that acts', 'src/core/monitoring/x.ts', "import { x } from '../failover/conclude.ts'", 'monitoring must not import failover'],
    ['a failover that votes', 'src/core/failover/x.ts', "import { castVote } from '../election/vote.ts'", 'failover must not import election'],
    ['a rule that reads the view', 'src/core/detection/x.ts', "import type { View } from '../view/view.ts'", 'detection must not import view'],
    ['a rule that steps the core', 'src/core/view/x.ts', "import { lookAt } from '../schedule.ts'", 'view must not import top'],
    ['a primitive that knows records', 'src/core/time.ts', "import type { Master } from './state/master.ts'", 'primitives must not import state'],
    ['a folder without a rule', 'src/core/utils/x.ts', '', 'the layer utils has no rule'],
    ['one family of commands using another', 'src/commands/acl/x.ts', "import { x } from '../client/list.ts'", 'acl must not import client'],
    ['a decision of the proxy that uses Node', 'src/proxy/route/x.ts', "import { connect } from 'node:net'", 'decisions of the proxy must not import node:net'],
    ['a decision of the proxy that knows sessions', 'src/proxy/route/x.ts', "import { x } from '../pipe/session.ts'", 'route must not import pipe'],
    ['sessions of the proxy that know sentinels', 'src/proxy/pipe/x.ts', "import type { X } from '../sentinels/limits.ts'", 'pipe must not import sentinels'],
    ['a shared tool that knows the table', 'src/commands/errors.ts', "import { x } from './table.ts'", 'shared must not import top'],
  ])('refuses %s', (_what, path, text, reason) => {
    expect(reasons(path, text)).toEqual([reason])
  })

  it.each([
    ['a rule that uses records', 'src/core/election/x.ts', "import { masterOf } from '../state/sentinel-state.ts'"],
    ['ids in messages', 'src/core/request.ts', "import type { Epoch } from './state/ids.ts'"],
    ['a layer that uses itself', 'src/core/failover/x.ts', "import { enter } from './phases.ts'"],
  ])('allows %s', (_what, path, text) => {
    expect(reasons(path, text)).toEqual([])
  })
})

describe('the checker of circles', () => {
  const file = (path: string, ...imports: string[]) => withImports({ path, text: imports.join('\n') })

  it('finds a circle through three files', () => {
    const files = [
      file('src/a.ts', "import { b } from './b.ts'"),
      file('src/b.ts', "import { c } from './c.ts'"),
      file('src/c.ts', "import { a } from './a.ts'", "import { d } from './d.ts'"),
      file('src/d.ts'),
    ]
    expect(valueCircles(files)).toEqual([['src/a.ts', 'src/b.ts', 'src/c.ts']])
  })

  it('distinguishes circles of types from circles of values', () => {
    const files = [
      file('src/a.ts', "import type { B } from './b.ts'"),
      file('src/b.ts', "import { a } from './a.ts'"),
    ]
    expect(valueCircles(files)).toEqual([])
    expect(typeCircles(files)).toEqual([['src/a.ts', 'src/b.ts']])
  })

  it('counts a re-export as an import', () => {
    expect(valueCircles([file('src/a.ts', "export * from './b.ts'"), file('src/b.ts', "export { a } from './a.ts'")])).toHaveLength(1)
  })
})
