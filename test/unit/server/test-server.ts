import { createServer, DEFAULT_SERVER_SETTINGS } from '../../../src/server/index.ts'
import type { Server, ServerSettings } from '../../../src/server/index.ts'
import type { FakeWorld, FakeWorldOptions } from '../commands/fake-world.ts'
import { fakeWorld } from '../commands/fake-world.ts'
import { RawClient } from './raw-client.ts'

/** A server on a port that the system chose, in a faked world. `stop` proves that nothing stays open. */
export interface TestServer extends FakeWorld {
  readonly server: Server
  readonly port: number
  readonly open: () => Promise<RawClient>
  readonly stop: () => Promise<void>
}

export async function startServer(
  settings: Partial<ServerSettings> = {}, options: FakeWorldOptions = {},
): Promise<TestServer> {
  const fake = fakeWorld(options)
  const server = createServer({
    settings: {
      ...DEFAULT_SERVER_SETTINGS,
      listeners: [{ kind: 'tcp', bind: ['127.0.0.1'], port: 0, backlog: 511 }],
      ...settings,
    },
    world: fake.world,
  })
  const { port, problems } = await server.listen()
  if (port === undefined) throw new Error(problems.join('\n'))
  server.admit()
  const opened: RawClient[] = []
  return Object.assign(fake, {
    server,
    port,
    open: async () => {
      const client = await RawClient.open(port)
      opened.push(client)
      return client
    },
    stop: async () => {
      await server.close()
      for (const client of opened) client.destroy()
      if (server.clients.count > 0) throw new Error(`${server.clients.count} connections were left open`)
    },
  })
}
