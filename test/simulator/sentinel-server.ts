/**
 * The listening side of a simulated sentinel: the few commands that peers and clients of a run use. Answers leave in
 * the order of the requests of their connection, so a PONG waits behind a vote that waits for the disk.
 */
import { PAUSE_QUESTION, readOrderNotice, type Operation, type OperationResult, type Reply } from '../../src/core/index.ts'
import type { Endpoint, EndpointHandler } from './connection.ts'
import { bulk, errorReply, integer, OK, type Frame } from './wire.ts'

/** What the server needs of its process. */
export interface SentinelService {
  /** Hands an operation to the core; `done` runs when its answer may leave. */
  submit(operation: Operation, done: (result: OperationResult) => void): void
  clientAddress(master: string, done: (address: { host: string, port: number } | undefined) => void): void
}

interface Slot {
  reply: Reply | undefined
}

export function serveSentinelClient(service: SentinelService, endpoint: Endpoint): EndpointHandler {
  const slots: Slot[] = []
  const flush = () => {
    for (let slot = slots[0]; slot?.reply !== undefined; slot = slots[0]) {
      endpoint.send({ kind: 'reply', reply: slot.reply })
      slots.shift()
    }
  }
  return {
    received: (frame: Frame) => {
      if (frame.kind !== 'command') return
      const slot: Slot = { reply: undefined }
      slots.push(slot)
      answer(service, frame.argv, (reply) => {
        slot.reply = reply
        flush()
      })
    },
    closed: () => { slots.length = 0 },
  }
}

function answer(service: SentinelService, argv: readonly string[], done: (reply: Reply) => void): void {
  const [command = '', ...args] = argv
  switch (command.toUpperCase()) {
    case 'PING':
      return done({ kind: 'status', text: 'PONG' })
    case 'AUTH':
    case 'CLIENT':
      return done(OK)
    case 'PUBLISH':
      return service.submit({ kind: 'hello', payload: args[1] ?? '' }, () => { done(integer(1)) })
    case 'SENTINEL':
      return answerSentinel(service, args, done)
    default:
      return done(errorReply(`ERR unknown command '${command}', with args beginning with: `))
  }
}

function answerSentinel(service: SentinelService, args: readonly string[], done: (reply: Reply) => void): void {
  const [sub = '', first = '', second = '', third = '', fourth = ''] = args
  switch (sub.toLowerCase()) {
    case 'is-master-down-by-addr': {
      const order = readOrderNotice(fourth)
      if (order !== undefined) {
        return service.submit({ kind: 'note-order', order }, () => {
          done({ kind: 'array', items: [integer(0), bulk('*'), integer(0n)] })
        })
      }
      if (fourth.startsWith(PAUSE_QUESTION)) {
        const name = fourth.slice(PAUSE_QUESTION.length)
        return service.submit({ kind: 'tell-pause', name }, (result) => { done(toldPause(result)) })
      }
      const operation: Operation = {
        kind: 'is-master-down', host: first, port: Number(second), epoch: BigInt(third), candidate: fourth,
      }
      return service.submit(operation, (result) => { done(verdict(result)) })
    }
    case 'get-master-addr-by-name':
      return service.clientAddress(first, (address) => {
        done(address === undefined ? { kind: 'null' } : { kind: 'array', items: [bulk(address.host), bulk(String(address.port))] })
      })
    default:
      return done(errorReply(`ERR unknown subcommand '${sub}'. Try SENTINEL HELP.`))
  }
}

function toldPause(result: OperationResult): Reply {
  if (result.kind !== 'pause-told') return errorReply('ERR unexpected result')
  const word = !result.isPaused ? 'not-paused' : result.leftMs > 0 ? 'paused' : 'paused-voted'
  return { kind: 'array', items: [integer(0), bulk(word), integer(BigInt(result.leftMs))] }
}

function verdict(result: OperationResult): Reply {
  if (result.kind !== 'master-down') return errorReply('ERR unexpected result')
  return { kind: 'array', items: [integer(result.down ? 1 : 0), bulk(result.leader ?? '*'), integer(result.epoch)] }
}
