import { access, chmod, lstat, unlink } from 'node:fs/promises'
import { createServer as createNetServer } from 'node:net'
import type { AddressInfo, ListenOptions, Server as NetServer, Socket } from 'node:net'
import { dirname } from 'node:path'

import { systemErrorText } from '../text/index.ts'
import type {
  Acceptor, AcceptorEvents, AcceptorOptions, ListenerSettings, TcpListenerSettings, UnixListenerSettings,
} from './settings.ts'

/** Sockets that listen, or why they do not. Problems are the log lines of the original, in order. */
export interface OpenedListener {
  readonly servers: readonly NetServer[]
  /** Value of listenerN in INFO. */
  readonly description: string
  /** Undefined for a unix socket. */
  readonly port: number | undefined
  readonly problems: readonly string[]
  /** The process must not start. */
  readonly isFatal: boolean
}

export interface ListenerEvents extends AcceptorEvents {
  /** `unixPath`: the path of the unix socket it came in by. */
  readonly onSocket: (socket: Socket, unixPath?: string) => void
  /** A connection could not be accepted, for example because no descriptors are left. */
  readonly onAcceptError: (cause: Error) => void
}

const plainAcceptor: Acceptor = (options, { onSocket }) => createNetServer(options, (socket) => { onSocket(socket) })

export function openListener(
  settings: ListenerSettings, options: AcceptorOptions, events: ListenerEvents,
): Promise<OpenedListener> {
  return settings.kind === 'unix' ? openUnix(settings, options, events) : openTcp(settings, options, events)
}

/** Opens each address in turn; the first failure, unless that address is optional, stops it (config.md, `bind`). */
async function openTcp(
  settings: TcpListenerSettings, options: AcceptorOptions, events: ListenerEvents,
): Promise<OpenedListener> {
  const acceptor = settings.acceptor ?? plainAcceptor
  const servers: NetServer[] = []
  const problems: string[] = []
  let port = settings.port
  let isFatal = false
  for (const token of settings.bind) {
    const isOptional = token.startsWith('-')
    const host = isOptional ? token.slice(1) : token
    const server = acceptor(options, events)
    const failure = await listen(server, events, { ...hostOptions(host), port, backlog: settings.backlog })
    if (failure === undefined) {
      servers.push(server)
      // When the system chose the port, the other addresses take the same.
      port = (server.address() as AddressInfo).port
      continue
    }
    problems.push(`Warning: Could not create server TCP listening socket ${host}:${port}: ${bindProblem(failure)}`)
    if (isTolerable(failure, isOptional)) continue
    problems.push(`Failed listening on port ${port} (${settings.kind}), aborting.`)
    isFatal = true
    break
  }
  const binds = settings.bind.map((token) => `bind=${token}`).join(',')
  return { servers, problems, isFatal, port, description: `name=${settings.kind},${binds},port=${port}` }
}

async function openUnix(
  settings: UnixListenerSettings, options: AcceptorOptions, events: ListenerEvents,
): Promise<OpenedListener> {
  const { path, mode, backlog } = settings
  const server = plainAcceptor(options, { ...events, onSocket: (socket) => { events.onSocket(socket, path) } })
  const description = `name=unix,bind=${path}`
  const failure = await removeOldSocket(path) ?? await listen(server, events, { path, backlog })
    ?? (mode === 0 ? undefined : await attempt(chmod(path, mode)))
  if (failure === undefined) return { servers: [server], problems: [], isFatal: false, port: undefined, description }
  // Node reports EACCES also when the folder is missing.
  const missing = failure.code === 'EACCES' ? await attempt(access(dirname(path))) : undefined
  const problem = `Failed opening Unix socket: ${bindProblem(missing?.code === 'ENOENT' ? missing : failure)}`
  return { servers: [server], problems: [problem], isFatal: true, port: undefined, description }
}

/** Removes a socket that an earlier process left. Any other kind of file stays, and bind then fails. */
async function removeOldSocket(path: string): Promise<NodeJS.ErrnoException | undefined> {
  const found = await lstat(path).catch(() => undefined)
  return found?.isSocket() === true ? attempt(unlink(path)) : undefined
}

async function attempt(work: Promise<void>): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await work
    return undefined
  } catch (cause) {
    return cause as NodeJS.ErrnoException
  }
}

function listen(
  server: NetServer, events: ListenerEvents, options: ListenOptions,
): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve)
    server.listen(options, () => {
      server.removeListener('error', resolve)
      server.on('error', events.onAcceptError)
      resolve(undefined)
    })
  })
}

function hostOptions(host: string): { readonly host: string, readonly ipv6Only: boolean } {
  switch (host) {
    case '*':
      return { host: '0.0.0.0', ipv6Only: false }
    case '::*':
      return { host: '::', ipv6Only: true }
    default:
      return { host, ipv6Only: host.includes(':') }
  }
}

/** Names fail before anything is bound. */
function bindProblem(failure: NodeJS.ErrnoException): string {
  const isName = failure.syscall === 'getaddrinfo'
  return isName ? 'Name or service not known' : `bind: ${systemErrorText(failure)}`
}

function isTolerable(failure: NodeJS.ErrnoException, isOptional: boolean): boolean {
  if (failure.code === 'EAFNOSUPPORT' || failure.code === 'EPROTONOSUPPORT') return true
  return isOptional && failure.code === 'EADDRNOTAVAIL'
}
