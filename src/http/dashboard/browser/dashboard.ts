/** The page: requests the state, draws it, and follows the events. */
import type { EventJson, ExplanationJson, MasterDetailsJson, OverviewJson } from '../../json.ts'
import {
  askDetails, askExplanation, askOverview, hasToken, keepToken, openEvents, TokenRefused, UnknownName,
} from './client.ts'
import { byId, el, inputById, mark } from './elements.ts'
import { EventList } from './event-list.ts'
import { duration } from './format.ts'
import { masterHealth, overallHealth, sortedMasters } from './health.ts'
import { historyView } from './history-view.ts'
import { diagnosisView, headView, masterItem, pill } from './master-views.ts'
import { Regions } from './regions.ts'
import { topologyView } from './topology-view.ts'

/** Interval of requests for the state when no event comes, in milliseconds. */
const REFRESH_MS = 3_000

/**
 * Delay between an event and the request for the state, in milliseconds. Events often come in groups, which cause one
 * request.
 */
const AFTER_EVENT_MS = 200

/** Pause before a stream of events that ended is opened again, in milliseconds. */
const RECONNECT_MS = 2_000

/** Time after the first stream was opened, in milliseconds. Events within it happened before the page was opened. */
const PAST_EVENTS_MS = 1_000

/** Number of masters from which on the list has a filter. */
const FILTER_FROM = 8

interface State {
  readonly overview: OverviewJson
  /** Details of the selected master; undefined when the sentinel monitors no master. */
  readonly details: MasterDetailsJson | undefined
  readonly explanation: ExplanationJson | undefined
}

export class Dashboard {
  readonly #regions = new Regions()
  readonly #events = new EventList(() => this.#selected)
  #state: State | undefined
  #selected = masterOfAddress()
  #isRefreshing = false
  #isStale = false
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Number of the session. Each token begins a new one; events and errors of earlier sessions are ignored. */
  #session = 0

  start(): void {
    inputById('filter').addEventListener('input', () => { this.#draw() })
    inputById('only').addEventListener('change', () => { this.#events.redraw() })
    byId('ask').addEventListener('submit', (event) => {
      event.preventDefault()
      keepToken(inputById('token').value.trim())
      this.#begin()
    })
    document.addEventListener('visibilitychange', () => { if (!document.hidden) void this.#refresh() })
    addEventListener('hashchange', () => {
      const master = masterOfAddress()
      if (master !== undefined) this.#select(master)
    })
    setInterval(() => { if (!document.hidden && byId('ask').hidden) void this.#refresh() }, REFRESH_MS)
    this.#begin()
  }

  /** Begins a session with the token of this tab, or without a token. */
  #begin(): void {
    this.#session += 1
    byId('ask').hidden = true
    showLive(false)
    void this.#refresh()
    void this.#follow(this.#session)
  }

  #select(master: string): void {
    this.#selected = master
    history.replaceState(null, '', `#m=${encodeURIComponent(master)}`)
    this.#draw()
    this.#events.redraw()
    void this.#refresh()
  }

  /** Requests the state and draws it. Calls during a request cause one more request after it. */
  async #refresh(): Promise<void> {
    this.#isStale = this.#isRefreshing
    if (this.#isRefreshing) return
    this.#isRefreshing = true
    const session = this.#session
    try {
      this.#state = await this.#ask()
      byId('page').hidden = false
      byId('ask').hidden = true
      this.#draw()
    } catch (error) {
      if (session === this.#session) this.#showFailure(error)
    } finally {
      this.#isRefreshing = false
      if (this.#isStale) this.#refreshSoon()
    }
  }

  /** Requests the state. When the selected master is not monitored (any more), the first of the list is selected. */
  async #ask(): Promise<State> {
    const overview = await askOverview()
    const isMonitored = overview.masters.some(({ name }) => name === this.#selected)
    if (!isMonitored) this.#selected = sortedMasters(overview.masters)[0]?.name
    const master = this.#selected
    if (master === undefined) return { overview, details: undefined, explanation: undefined }
    return { overview, details: await askDetails(master), explanation: await askExplanation(master) }
  }

  #refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.#refresh()
    }, AFTER_EVENT_MS)
  }

  #showFailure(error: unknown): void {
    if (error instanceof TokenRefused) {
      askForToken()
      return
    }
    // There was no answer. The next request follows at the next interval.
    showLive(false)
    if (!(error instanceof UnknownName)) return
    byId('page').hidden = false
    byId('alarmbox').hidden = false
    this.#regions.draw('alarms', [error.message], () => el('li', {}, mark('bad'), error.message))
  }

  /** Follows the events until a token is required or another session begins. */
  async #follow(session: number): Promise<void> {
    while (session === this.#session) {
      try {
        await this.#readEvents(session)
      } catch (error) {
        if (session !== this.#session) return
        // Unless a token is required, the loop opens the stream again after a pause.
        this.#showFailure(error)
        if (error instanceof TokenRefused) return
      }
      if (session === this.#session) showLive(false)
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS))
    }
  }

  /** Reads one stream until it ends. Throws TokenRefused, or another error when there is no answer. */
  async #readEvents(session: number): Promise<void> {
    const isFirst = this.#events.lastId === '0'
    const stream = await openEvents(this.#events.lastId)
    if (session !== this.#session) return
    showLive(true)
    void this.#refresh()
    const opened = performance.now()
    await stream.read((event) => {
      if (session === this.#session) this.#take(event, !isFirst || performance.now() - opened > PAST_EVENTS_MS)
    })
  }

  #take(event: EventJson, isNew: boolean): void {
    this.#events.add(event, isNew)
    this.#refreshSoon()
  }

  #draw(): void {
    if (this.#state === undefined) return
    this.#drawOverview(this.#state)
    this.#drawMasters(this.#state)
    this.#drawDetails(this.#state)
  }

  #drawOverview({ overview: { sentinel, masters } }: State): void {
    const overall = overallHealth(masters)
    this.#regions.draw('overall', overall, () => pill(overall))
    byId('about').textContent = [
      `sentinel ${sentinel.id.slice(0, 8)}`, sentinel.version, `up ${duration(sentinel.uptimeMs)}`,
    ].join(' \u00b7 ')
    this.#regions.draw('alarms', sentinel.warnings, () => sentinel.warnings.map((text) => el('li', {}, mark('bad'), text)))
    byId('alarmbox').hidden = sentinel.warnings.length === 0
  }

  #drawMasters({ overview: { masters } }: State): void {
    const filter = inputById('filter')
    filter.hidden = masters.length < FILTER_FROM
    const wanted = filter.value.trim().toLowerCase()
    const shown = sortedMasters(masters)
      .filter(({ name, address }) => name.toLowerCase().includes(wanted) || address.includes(wanted))
    const selected = this.#selected
    this.#regions.draw('masters', [shown, selected], () => shown.map((master) => (
      masterItem(master, master.name === selected, () => { this.#select(master.name) })
    )))
    byId('none').hidden = shown.length > 0
  }

  #drawDetails({ details, explanation }: State): void {
    byId('detail').hidden = details === undefined
    if (details === undefined) return
    const { warnings, status, quorum, replicaList, sentinelList, failover, address, failovers } = details
    this.#regions.draw('head', details, () => headView(details))
    this.#regions.draw('notes', [warnings, status, quorum.ok, explanation], () => diagnosisView(details, explanation))
    this.#regions.draw('topology', [replicaList, sentinelList, status, failover, address], () => topologyView(details))
    this.#regions.draw('history', failovers, () => historyView(details))
    document.title = `${masterHealth(details).kind === 'ok' ? '' : '(!) '}${details.name} \u2013 ts-sentinel`
  }
}

/** The master in the address of the page: `#m=<name>`. */
function masterOfAddress(): string | undefined {
  if (!location.hash.startsWith('#m=')) return undefined
  try {
    return decodeURIComponent(location.hash.slice(3))
  } catch {
    // An address that was truncated or edited names no master; the first master is shown.
    return undefined
  }
}

function showLive(isLive: boolean): void {
  byId('live').className = isLive ? 'live on' : 'live'
  byId('livetext').textContent = isLive ? 'Live' : 'Connecting\u2026'
}

function askForToken(): void {
  byId('page').hidden = true
  byId('ask').hidden = false
  byId('wrong').hidden = !hasToken()
  inputById('token').focus()
}
