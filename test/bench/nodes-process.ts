import { fork, type ChildProcess } from 'node:child_process'

import type { RedisProcess, Workspace } from '../../src/harness/index.ts'
import { startDeployment } from '../../src/harness/index.ts'
import { ModelledNodes } from './modelled-nodes.ts'

/** First argument of a bench when it is the process of the nodes. */
const MARK = '--modelled-nodes'

type Order = { readonly kill: number }

/** The modelled nodes in a process of their own, so that what they cost is not the sentinels'. */
export class NodesProcess {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** The program that calls it must begin with `serveNodesIfAsked`. */
  static async start(workspace: Workspace, groups: number, port: number): Promise<NodesProcess> {
    const [, script = ''] = process.argv
    const child = fork(script, [MARK, String(groups), String(port)])
    if (child.pid !== undefined) workspace.adopt(child.pid)
    await new Promise<void>((resolve, failed) => {
      child.once('message', () => { resolve() })
      child.once('error', failed)
      child.once('exit', (code) => { failed(new Error(`the modelled nodes ended with ${code}`)) })
    })
    return new NodesProcess(child)
  }

  /** The first `groups` masters die at this moment. */
  killMasters(groups: number): void {
    this.#child.send({ kill: groups } satisfies Order)
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await ended
  }
}

/** In the process of the nodes it never returns. */
export async function serveNodesIfAsked(): Promise<void> {
  const [, , mark, groups, port] = process.argv
  if (mark !== MARK) return
  const nodes = await ModelledNodes.listen(Number(groups), Number(port), await realInfo())
  process.on('message', ({ kill }: Order) => { nodes.killMasters(kill) })
  process.on('disconnect', () => { process.exit(0) })
  process.send?.('listening')
  await new Promise(() => undefined)
}

async function realInfo(): Promise<string> {
  const deployment = await startDeployment({ replicas: 0, sentinels: 0, formed: false })
  try {
    const node: RedisProcess = deployment.node(0)
    return String(await node.call(['INFO']))
  } finally {
    await deployment.stop()
  }
}
