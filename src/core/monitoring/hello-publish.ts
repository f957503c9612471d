/** Publishes our identity and our configuration of each master (behaviour.md 6.1, 6.6). */
import type { Reply } from '../reply.ts'
import type { Instance } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import { masterOf } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'
import { announced, currentAddress, ownAddress } from './announce.ts'
import { sendCommand } from './commands.ts'
import { formatHello } from './hello-codec.ts'
import { recordOwnAddress } from './shared-ids.ts'
import { HELLO_CHANNEL } from './reconnect.ts'

export function publishHello(turn: Turn, instance: Instance): void {
  const { state } = turn
  const master = masterOf(state, instance)
  const own = ownAddress(state, instance.link)
  const { command } = instance.link
  if (master === undefined || own === undefined || command === undefined) return
  recordOwnAddress(state, own)
  const address = currentAddress(master)
  const payload = formatHello({
    ...own,
    runId: state.myId,
    currentEpoch: state.currentEpoch,
    masterName: master.name,
    masterHost: announced(state, address),
    masterPort: address.port,
    configEpoch: master.configEpoch,
  })
  sendCommand(turn, instance, ['PUBLISH', HELLO_CHANNEL, payload], { kind: 'publish', record: instance.id })
  instance.isPublishWanted = false
  instance.publishSent = { on: command.id, at: turn.now.mono, failed: false }
}

/** Handles the reply to a hello; after an error it is sent again soon. */
export function handleHelloReply(turn: Turn, instance: Instance, reply: Reply): void {
  if (reply.kind === 'error') {
    if (instance.publishSent !== undefined) instance.publishSent = { ...instance.publishSent, failed: true }
  } else {
    instance.publishedAt = turn.now.mono
    instance.publishSent = undefined
  }
  turn.touch(instance)
}

/** Publishes a changed configuration to all nodes and peers at once. */
export function publishToAll(turn: Turn, master: Master): void {
  for (const instance of [master, ...master.replicas.values(), ...master.peers.values()]) {
    instance.isPublishWanted = true
    turn.touch(instance)
  }
}
