/** Dispatches the inputs of connections to the rules that handle them. */
import { weighReport } from './detection/crash.ts'
import { handleAskReply } from './detection/objective-down.ts'
import { handlePauseReply } from './election/pause.ts'
import { handleLastVoteReply } from './failover/correction.ts'
import { handleAckRefusal, handleHandoverReply } from './failover/handover.ts'
import { reactToInfo } from './failover/react.ts'
import { handleStepwiseReply } from './failover/stepwise.ts'
import type { Input } from './input.ts'
import { HELLO_CHARS_MAX, PENDING_LIMIT } from './limits.ts'
import { handleKillReply, pingAnswered, pingReply } from './monitoring/heartbeat.ts'
import { parseHello } from './monitoring/hello-codec.ts'
import { forgetDead } from './configuration/dead-records.ts'
import { absorbHello, dropOurselves } from './configuration/hello-exchange.ts'
import { isOurSentinel } from './configuration/forgotten-sentinels.ts'
import { heldHelloAfter, holdHello, isChannelOurs, isFromElsewhere, judgeStrangeHello } from './monitoring/strange-hellos.ts'
import { handleHelloReply } from './monitoring/hello-publish.ts'
import { parseInfo, type InfoFacts } from './monitoring/info-parser.ts'
import { absorbInfo, describe, type InfoReply } from './monitoring/info-refresh.ts'
import { handleConnected, handleDisconnected, handleSubscribed } from './monitoring/reconnect.ts'
import { touchUsers } from './monitoring/link-users.ts'
import { recordSubscribeRefusal, renewRefusedLogin, updateRefusals } from './monitoring/refusals.ts'
import { recordOwnIdClaim } from './monitoring/shared-ids.ts'
import { parkForNames } from './names.ts'
import type { Operation } from './operation.ts'
import { perform } from './operations/perform.ts'
import type { Reply } from './reply.ts'
import type { HandoverStep } from './request.ts'
import type { ConnectionId } from './state/ids.ts'
import type { Hello } from './state/hello.ts'
import type { DataNode } from './state/instance.ts'
import type { Link } from './state/link.ts'
import type { Replica } from './state/replica.ts'
import { masterOf } from './state/sentinel-state.ts'
import type { Turn } from './turn.ts'

type Incoming = Extract<Input, { connection: ConnectionId }>
type ReplyInput = Extract<Input, { type: 'reply' }>
type InfoRequest = Extract<ReplyInput['request'], { kind: 'info' }>
type MessageInput = Extract<Input, { type: 'message' }>

export function receive(turn: Turn, input: Incoming): void {
  switch (input.type) {
    case 'connected':
      handleConnected(turn, input.connection, input.localAddress)
      return dropOurselves(turn, input.connection)
    case 'disconnected':
      recordLostHello(turn, input.connection, input.reason)
      return handleDisconnected(turn, input)
    case 'subscribed':
      recordActivity(turn, input.connection)
      return handleSubscribed(turn, input.connection)
    case 'message':
      recordActivity(turn, input.connection)
      return takeMessage(turn, input)
    case 'reply':
      return takeReply(turn, input)
  }
}

/** Parks an operation and returns true when it has to wait until the names in it have been looked up. */
export function parkOperation(turn: Turn, input: Extract<Input, { type: 'operation' }>): boolean {
  return turn.state.globals.resolveHostnames && parkForNames(turn, input, hostsOf(input.operation))
}

function hostsOf(operation: Operation): readonly string[] {
  switch (operation.kind) {
    case 'hello': {
      const hello = parseHello(operation.payload)
      return hello === undefined ? [] : helloHosts(hello)
    }
    case 'is-master-down':
    case 'monitor':
      return [operation.host]
    case 'failover':
      return operation.coordinated?.to === undefined ? [] : [operation.coordinated.to.host]
    case 'forget':
      return 'host' in operation.target ? [operation.target.host] : []
    case 'reload':
      return operation.masters.flatMap((change) => 'host' in change ? [change.host] : [])
    default:
      return []
  }
}

function helloHosts(hello: Hello): readonly string[] {
  return [hello.host, hello.masterHost]
}

function recordLostHello(turn: Turn, connection: ConnectionId, reason: string): void {
  const open = turn.state.connections.get(connection)
  if (open?.purpose === 'hello') recordSubscribeRefusal(turn, open.link, reason)
}

function recordActivity(turn: Turn, connection: ConnectionId): void {
  const link = turn.state.connections.get(connection)?.link
  if (link !== undefined) link.helloActivityAt = turn.now.mono
}

function takeMessage(turn: Turn, input: MessageInput): void {
  if (input.payload.length > HELLO_CHARS_MAX) {
    turn.complain('the hello channel', `a message of more than ${HELLO_CHARS_MAX} characters`)
    return
  }
  if (input.payload.includes(turn.state.myId)) return recordOwnIdClaim(turn, input.payload)
  const hello = parseHello(input.payload)
  if (hello === undefined) {
    turn.complain('the hello channel', 'a message that does not have eight fields')
    return
  }
  const replica = replicaOf(turn, input.connection)
  const isStrange = isFromStranger(turn, hello, replica)
  // It came before the connection was closed, and nothing shows any more whose channel that was.
  if (isStrange && !turn.state.connections.has(input.connection)) return
  if (isStrange && replica !== undefined) {
    judgeStrangeHello(turn, replica, hello)
    // Sentinels of another deployment with a master of the same name are no peers of ours.
    if (!isChannelOurs(turn.state, replica) || isFromElsewhere(turn.state, hello)) return
  }
  // Names of masters that we do not watch need no lookup.
  if (!turn.state.masters.has(hello.masterName) || parkForNames(turn, input, helloHosts(hello))) return
  if (isStrange && replica !== undefined && holdHello(turn, replica, hello)) return
  absorbHello(turn, hello)
}

/** The replica whose channel a message came from. The link of a data node has one user. */
function replicaOf(turn: Turn, connection: ConnectionId): Replica | undefined {
  const [user] = turn.state.connections.get(connection)?.link.users ?? []
  const record = user === undefined ? undefined : turn.state.records.get(user)
  return record?.kind === 'replica' ? record : undefined
}

/** Whether the sender is none of the sentinels of the master, or names another master than that of the replica. */
function isFromStranger(turn: Turn, { masterName, runId }: Hello, replica: Replica | undefined): boolean {
  const master = turn.state.masters.get(masterName)
  if (master === undefined || !isOurSentinel(turn, master, runId)) return true
  return replica !== undefined && replica.masterName !== masterName
}

function takeReply(turn: Turn, input: ReplyInput): void {
  const open = turn.state.connections.get(input.connection)
  if (open === undefined) return
  const { link } = open
  const { request } = input
  if (open.purpose === 'command' && request.kind !== 'get-ack') countReply(turn, link)
  if (request.kind === 'ping' && open.purpose === 'hello') recordActivity(turn, input.connection)
  const reply = request.kind === 'ping' ? pingReply(open, input.reply) : input.reply
  if (reply === undefined) return
  if (request.kind === 'auth') renewRefusedLogin(turn, open, reply)
  if (reply.kind === 'error' || link.refusals !== undefined || request.kind === 'transaction') {
    updateRefusals(turn, link, request, reply)
  }
  switch (request.kind) {
    case 'auth':
    case 'set-name':
    case 'order-notice':
      return
    case 'transaction':
      if (request.handover !== undefined) takeHandoverReply(turn, request.handover, reply)
      return
    case 'get-ack': {
      const replica = turn.state.records.get(request.record)
      const master = replica === undefined ? undefined : masterOf(turn.state, replica)
      if (master !== undefined) handleAckRefusal(master)
      return
    }
    case 'script-kill':
      return handleKillReply(turn, link, reply)
    case 'ping':
      return pingAnswered(turn, link, request.sentAt, reply)
    case 'info':
      return takeInfo(turn, input, request)
    case 'publish': {
      const instance = turn.state.records.get(request.record)
      if (instance !== undefined) handleHelloReply(turn, instance, reply)
      return
    }
    case 'last-vote':
    case 'pause-question':
    case 'ask': {
      const peer = turn.state.records.get(request.record)
      const master = peer === undefined ? undefined : masterOf(turn.state, peer)
      if (peer?.kind !== 'peer' || master === undefined) return
      if (request.kind === 'ask') handleAskReply(turn, master, peer, request.epoch, reply)
      else if (request.kind === 'pause-question') handlePauseReply(turn, master, peer, request.askedAt, reply)
      else if (turn.state.tiltSince === undefined) handleLastVoteReply(turn, master, peer, request.askedAt, reply)
    }
  }
}

function takeHandoverReply(turn: Turn, sent: HandoverStep, reply: Reply): void {
  const master = turn.state.records.get(sent.record)
  if (master?.kind !== 'master') return
  const { step } = sent
  if (step === 'hold' || step === 'demote') handleStepwiseReply(turn, master, step, reply)
  else handleHandoverReply(turn, master, step, reply)
}

/** Counts a reply; a link that was full accepts commands again. */
function countReply(turn: Turn, link: Link): void {
  if (link.pending === PENDING_LIMIT * link.users.size) touchUsers(turn, link)
  if (link.pending > 0) link.pending -= 1
}

function takeInfo(turn: Turn, input: ReplyInput, { record, askedAt }: InfoRequest): void {
  const node = turn.state.records.get(record)
  if (node === undefined || node.kind === 'peer') return
  if (input.reply.kind !== 'bulk') {
    refuseInfo(turn, node, input.reply)
    return
  }
  const facts = parseInfo(input.reply.text)
  if (parkForNames(turn, input, infoHosts(facts))) return
  takeFacts(turn, node, { text: input.reply.text, facts, askedAt })
}

/** Continues an input that waited for names. It was counted when it arrived. */
export function resume(turn: Turn, input: Input): void {
  switch (input.type) {
    case 'message':
      return takeMessage(turn, input)
    case 'reply':
      return input.request.kind === 'info' ? takeInfo(turn, input, input.request) : undefined
    case 'operation':
      return perform(turn, input.id, input.operation)
    default:
  }
}

function infoHosts(facts: InfoFacts): readonly string[] {
  const hosts = facts.replicas.map((replica) => replica.host)
  return facts.masterHost === undefined ? hosts : [...hosts, facts.masterHost]
}

function takeFacts(turn: Turn, node: DataNode, reply: InfoReply): void {
  absorbInfo(turn, node, reply)
  // A second record of a known server is gone by now.
  if (turn.state.records.get(node.id) !== node) return
  if (node.kind === 'replica') weighReport(turn, node)
  if (turn.state.tiltSince === undefined) {
    reactToInfo(turn, node)
    if (node.kind === 'master') forgetDead(turn, node)
  }
  const hello = node.kind === 'replica' ? heldHelloAfter(turn, node, reply.askedAt) : undefined
  if (hello !== undefined) absorbHello(turn, hello)
}

function refuseInfo(turn: Turn, node: DataNode, reply: Reply): void {
  if (node.infoSent !== undefined) node.infoSent = { ...node.infoSent, failed: true }
  const what = reply.kind === 'error' ? `the error ${reply.text}` : `a reply of type ${reply.kind}`
  turn.complain(describe(node), `${what} to INFO`)
  turn.touch(node)
}
