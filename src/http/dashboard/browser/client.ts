/** Requests to the sentinel that served the page. */
import type {
  ActionDocument, ActionName, ErrorJson, EventJson, ExplanationJson, FleetMasterDocument, MasterDetailsJson,
  MastersDocument, StatusDocument,
} from '../../json.ts'

const ANSWER_MAX_MS = 8_000

/** A switchover waits for replicas before it answers. */
const ACTION_MAX_MS = 60_000

/** Keys of the tokens in the session storage of the tab: for reading, and for actions where that is another one. */
const TOKEN = 'token'
const ACTIONS_TOKEN = 'actions-token'

/** The sentinel requires a token, or refused the one that was sent. */
export class TokenRefused extends Error {}

/** The sentinel does not accept the host name under which the page was opened. The message says what to do. */
export class UnknownName extends Error {}

/** Whether this tab has a token. The token is kept in this tab only. */
export function hasToken(): boolean {
  return sessionStorage.getItem(TOKEN) !== null
}

export function keepToken(token: string): void {
  sessionStorage.setItem(TOKEN, token)
}

/** Requests the state of all masters. Throws TokenRefused, UnknownName, or another error when there is no answer. */
export async function askOverview(): Promise<MastersDocument> {
  const overview = await ask<MastersDocument>('masters')
  if (overview === undefined) throw new Error('masters: 404')
  return overview
}

/** Requests the details of a master; undefined when it is not monitored. Throws as `askOverview` does. */
export function askDetails(master: string): Promise<MasterDetailsJson | undefined> {
  return ask(`masters/${encodeURIComponent(master)}`)
}

/** Requests the explanation of a master; undefined when it is not monitored. Throws as `askOverview` does. */
export function askExplanation(master: string): Promise<ExplanationJson | undefined> {
  return ask(`masters/${encodeURIComponent(master)}/explain`)
}

/** Requests what all sentinels say about all masters. Undefined and errors as for `askDetails`. */
export function askFleet(): Promise<StatusDocument | undefined> {
  return ask('fleet')
}

/** Requests what all sentinels say about one master. Undefined and errors as for `askDetails`. */
export function askFleetMaster(master: string): Promise<FleetMasterDocument | undefined> {
  return ask(`fleet/${encodeURIComponent(master)}`)
}

/** Whether an action can be tried with a token that this tab has. */
export function hasTokenForActions(): boolean {
  return (sessionStorage.getItem(ACTIONS_TOKEN) ?? sessionStorage.getItem(TOKEN) ?? '') !== ''
}

export interface Order {
  readonly master: string
  readonly action: ActionName
  readonly body: object
  /** The token that was entered for it; undefined: one that this tab has. An accepted one is kept in this tab only. */
  readonly token: string | undefined
}

/**
 * Orders an action. Returns what the command answered. Throws TokenRefused, or another error with the reason when it
 * was refused.
 */
export async function order({ master, action, body, token }: Order): Promise<string> {
  const used = token ?? sessionStorage.getItem(ACTIONS_TOKEN) ?? sessionStorage.getItem(TOKEN)
  const reply = await fetch(`masters/${encodeURIComponent(master)}/${action}`, {
    method: 'POST', cache: 'no-store', body: JSON.stringify(body), signal: AbortSignal.timeout(ACTION_MAX_MS),
    headers: { ...bearer(used), 'Content-Type': 'application/json' },
  })
  if (reply.status === 401) {
    sessionStorage.removeItem(ACTIONS_TOKEN)
    throw new TokenRefused()
  }
  if (token !== undefined) sessionStorage.setItem(ACTIONS_TOKEN, token)
  if (!reply.ok) throw new Error((await reply.json() as ErrorJson).error)
  return (await reply.json() as ActionDocument).answer
}

/**
 * Opens the stream of events after the one with this id; `0` requests all events that the sentinel keeps. The browser's
 * EventSource cannot send a token, so `EventStream` reads the stream. Throws TokenRefused, or another error when there
 * is no answer.
 */
export async function openEvents(lastId: string): Promise<EventStream> {
  const headers = { ...authorization(), 'Last-Event-ID': lastId }
  const reply = await fetch('events', { headers, cache: 'no-store' })
  if (reply.status === 401) throw new TokenRefused()
  if (!reply.ok || reply.body === null) throw new Error(`events: ${reply.status}`)
  return new EventStream(reply.body.pipeThrough(new TextDecoderStream()))
}

/** A stream of server-sent events. */
export class EventStream {
  readonly #texts: ReadableStream<string>

  constructor(texts: ReadableStream<string>) {
    this.#texts = texts
  }

  /** Calls `take` for each event until the stream ends. */
  async read(take: (event: EventJson) => void): Promise<void> {
    const reader = this.#texts.getReader()
    let rest = ''
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      const blocks = (rest + value).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const event of blocks.flatMap(eventsOf)) take(event)
    }
  }
}

/** The events of a block. A block without data is a comment that keeps the connection open. */
function eventsOf(block: string): EventJson[] {
  const lines = block.split('\n').filter((line) => line.startsWith('data: '))
  return lines.map((line) => JSON.parse(line.slice('data: '.length)) as EventJson)
}

async function ask<Answer>(path: string): Promise<Answer | undefined> {
  const reply = await fetch(path, { headers: authorization(), cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MAX_MS) })
  if (reply.status === 401) throw new TokenRefused()
  if (reply.status === 404) return undefined
  if (reply.status === 421) throw new UnknownName((await reply.json() as ErrorJson).error)
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`)
  return await reply.json() as Answer
}

function authorization(): Record<string, string> {
  return bearer(sessionStorage.getItem(TOKEN))
}

function bearer(token: string | null): Record<string, string> {
  return token === null || token === '' ? {} : { Authorization: `Bearer ${token}` }
}
