/** Plays a script on the simulated fleet and writes down what came of each block. */
import { expect } from 'vitest'
import type { TraceLine } from '../../simulator/index.ts'
import { runCommand } from './commands.ts'
import { readDeployment, type Deployment } from './deployment.ts'
import { Stage } from './stage.ts'
import type { Block, Script } from './script.ts'

/** Simulated time after which a deployment that begins at rest has read INFO and heard hello messages of all. */
const SETTLED_MS = 2500

/** The script with the output that it has now. Every rule of the simulator's checkers holds meanwhile. */
export async function playScript(script: Script): Promise<Script> {
  const [first = '', ...commands] = script.blocks[0]?.commands ?? []
  const [name, ...words] = first.split(' ')
  if (name !== 'deployment') throw new Error(`the first command is "deployment", not "${first}"`)
  const deployment = readDeployment(words)
  const stage = new Stage(deployment.options)
  if (!deployment.isFresh) await settle(stage)
  const blocks: Block[] = []
  for (const block of script.blocks) {
    const isFirst = blocks.length === 0
    const output = await playBlock(stage, deployment, isFirst ? commands : block.commands)
    blocks.push({ commands: block.commands, output })
  }
  expect(stage.violations, stage.tail()).toEqual([])
  return { title: script.title, blocks }
}

async function settle(stage: Stage): Promise<void> {
  await stage.run(SETTLED_MS)
  await runCommand(stage, 'rest within 10s')
}

async function playBlock(stage: Stage, deployment: Deployment, commands: readonly string[]): Promise<string[]> {
  stage.mark()
  const answers: string[] = []
  for (const command of commands) answers.push(...await runCommand(stage, command))
  return [...bySpeaker(stage.lines().filter((line) => isShown(line, deployment))), ...answers]
}

function isShown({ who, text, event }: TraceLine, { showsLinks }: Deployment): boolean {
  if (event?.name.endsWith('-link-reconnection') === true) return showsLinks
  // What is done from outside is in the commands already; its planned end is not.
  return who !== '*' || text.startsWith('end of ')
}

/** Times and the order between speakers are left out: they belong to other tests. */
function bySpeaker(lines: readonly TraceLine[]): string[] {
  const speakers = [...new Set(lines.map(({ who }) => who))].sort()
  return speakers.flatMap((speaker) => {
    const own = lines.filter(({ who }) => who === speaker)
    return [speaker, ...own.map(({ text }) => `  ${text.replace(/before \d+\)/, 'before ...)')}`)]
  })
}
