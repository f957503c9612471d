/** Publishes our identity and our configuration of each master (behaviour.md 6.1, 6.6). */
import type { Reply } from '../reply.ts'
import type { Instance } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import { masterOf, type SentinelState } from '../state/sentinel-state.ts'
import type { Turn } from '../turn.ts'
import { announced, currentAddress, ownAddress } from './announce.ts'
import { sendCommand } from './commands.ts'
import { formatHello } from './hello-codec.ts'
import type { Hello } from '../state/hello.ts'
import { recordOwnAddress } from './shared-ids.ts'
import { HELLO_CHANNEL } from './reconnect.ts'

export function publishHello(turn: Turn, instance: Instance): void {
  const { state } = turn
  const master = masterOf(state, instance)
  const own = ownAddress(state, instance.link)
  const { command } = instance.link
  if (master === undefined || own === undefined || command === undefined) return
  const payload = helloText(state, master, own)
  sendCommand(turn, instance, ['PUBLISH', HELLO_CHANNEL, payload], { kind: 'publish', record: instance.id })
  instance.isPublishWanted = false
  instance.publishSent = { on: command.id, at: turn.now.mono, failed: false }
}

/** Most hellos of a master repeat the one before: its text is kept. */
function helloText(state: SentinelState, master: Master, own: { host: string, port: number }): string {
  const address = currentAddress(master)
  const masterHost = announced(state, address)
  const last = master.lastHello
  if (
    last?.host === own.host && last.port === own.port
    && last.masterHost === masterHost && last.masterPort === address.port
    && last.currentEpoch === state.currentEpoch && last.configEpoch === master.configEpoch
  ) return last.text
  recordOwnAddress(state, own)
  const hello: Hello = {
    host: own.host,
    port: own.port,
    runId: state.myId,
    currentEpoch: state.currentEpoch,
    masterName: master.name,
    masterHost,
    masterPort: address.port,
    configEpoch: master.configEpoch,
  }
  const text = formatHello(hello)
  master.lastHello = { ...hello, text }
  return text
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
