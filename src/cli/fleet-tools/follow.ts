/** The events of one master, as one sentinel publishes them, with the time of their arrival. */
import type { Reply } from '../../core/index.ts'
import { errorOf, textOf } from '../../explain/index.ts'
import { ToolFailure } from '../connection/errors.ts'
import { openClient, type LoadedLogin } from '../connection/open-client.ts'
import { NodeUnreachable, type NodeAddress, type NodeClient } from '../node-client/node-client.ts'

export interface SeenEvent {
  readonly name: string
  readonly text: string
  /** Milliseconds on the clock of `performance.now()`. */
  readonly at: number
}

export class Follower {
  readonly events: SeenEvent[] = []
  /** Why no events can be seen; undefined when they can. */
  readonly problem: string | undefined
  readonly #client: NodeClient | undefined

  private constructor(client: NodeClient | undefined, problem: string | undefined) {
    this.#client = client
    this.problem = problem
  }

  /** Subscribes. A sentinel that refuses it shows no events; nothing else depends on them. */
  static async open(
    address: NodeAddress, login: LoadedLogin, master: string, onEvent: (event: SeenEvent) => void,
  ): Promise<Follower> {
    let client: NodeClient | undefined
    try {
      client = await openClient(address, login)
      // No event is lost: those that arrive before the follower exists are kept.
      const early: SeenEvent[] = []
      let take = (event: SeenEvent): void => { early.push(event) }
      client.listen((message) => {
        const event = eventIn(message)
        if (event !== undefined && isAbout(event, master)) take(event)
      })
      const refused = errorOf(await client.call('PSUBSCRIBE', '*'))
      if (refused !== undefined) throw new ToolFailure(`it refuses PSUBSCRIBE: "${refused}"`)
      const follower = new Follower(client, undefined)
      take = (event) => {
        follower.events.push(event)
        onEvent(event)
      }
      for (const event of early) take(event)
      return follower
    } catch (error) {
      client?.close()
      if (!(error instanceof NodeUnreachable || error instanceof ToolFailure)) throw error
      return new Follower(undefined, error.message)
    }
  }

  /** The first event with one of these names. */
  first(...names: readonly string[]): SeenEvent | undefined {
    return this.events.find(({ name }) => names.includes(name))
  }

  close(): void {
    this.#client?.close()
  }
}

/** `pmessage`, pattern, channel, payload. */
function eventIn(message: Reply): SeenEvent | undefined {
  if (message.kind !== 'array') return undefined
  const [kind, , name, text] = message.items.map(textOf)
  if (kind !== 'pmessage' || name === undefined || text === undefined) return undefined
  return { name, text, at: performance.now() }
}

/** Leaves out events without a master, such as new epochs. */
function isAbout({ name, text }: SeenEvent, master: string): boolean {
  if (name === '+switch-master') return text.startsWith(`${master} `)
  return text.startsWith(`master ${master} `) || text.includes(` @ ${master} `)
}
