import type { RedisProcess, Workspace } from '../../src/harness/index.ts'
import { startDeployment } from '../../src/harness/index.ts'
import { ModelledNodes } from './modelled-nodes.ts'
import { serveIfAsked, SideProcess } from './side-process.ts'

/** First argument of a bench when it is the process of the nodes. */
const MARK = '--modelled-nodes'

interface Order { readonly kill: number }

/** The modelled nodes in a process of their own, so that what they cost is not the sentinels'. */
export class NodesProcess {
  readonly #side: SideProcess<Order, 'listening'>

  private constructor(side: SideProcess<Order, 'listening'>) {
    this.#side = side
  }

  /** The program that calls it must begin with `serveNodesIfAsked`. */
  static async start(workspace: Workspace, groups: number, port: number): Promise<NodesProcess> {
    const side = new SideProcess<Order, 'listening'>(workspace, MARK, [groups, port])
    await side.report()
    return new NodesProcess(side)
  }

  /** The first `groups` masters die at this moment. */
  killMasters(groups: number): void {
    this.#side.order({ kill: groups })
  }

  stop(): Promise<void> {
    return this.#side.stop()
  }
}

/** In the process of the nodes it never returns. */
export function serveNodesIfAsked(): Promise<void> {
  return serveIfAsked(MARK, async (groups = 0, port = 0) => {
    const nodes = await ModelledNodes.listen(groups, port, await realInfo())
    process.on('message', ({ kill }: Order) => { nodes.killMasters(kill) })
    process.send?.('listening')
  })
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
