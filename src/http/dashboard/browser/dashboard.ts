/** The page: requests the state, follows the events, and draws both. */
import type { EventJson } from '../../json.ts'
import {
  askDetails, askExplanation, askFleet, askFleetMaster, askOverview, hasToken, keepToken, openEvents, TokenRefused,
  UnknownName,
} from './client.ts'
import { byId, el, inputById, mark } from './elements.ts'
import { EventList } from './event-list.ts'
import { Freshness } from './freshness.ts'
import { unreachableOf } from './health.ts'
import { hashOf, placeOf, type Place } from './place.ts'
import { Regions } from './regions.ts'
import { Screen, sentinelsOf, type FleetState, type State } from './screen.ts'
import { showSilence } from './stale-view.ts'

/**
 * Interval of requests for the state when no event comes, in milliseconds, while the page shows something that changes
 * by the second. Otherwise every other request is left out.
 */
const REFRESH_MS = 1_000

/** Interval of requests for what the other sentinels say, in milliseconds. */
const FLEET_MS = 3_000

/** Interval at which durations and running phases are drawn again, in milliseconds. */
const TICK_MS = 250

/**
 * Delay between an event and the request for the state, in milliseconds. Events often come in groups, which cause one
 * request.
 */
const AFTER_EVENT_MS = 200

/** Pause before a stream of events that ended is opened again, in milliseconds. */
const RECONNECT_MS = 2_000

/** Time after the first stream was opened, in milliseconds. Events within it happened before the page was opened. */
const PAST_EVENTS_MS = 1_000

export class Dashboard {
  readonly #regions = new Regions()
  readonly #screen = new Screen(this.#regions, {
    go: (place) => { this.#replace(place) }, refresh: () => { this.#refreshSoon() },
  })

  readonly #events = new EventList(() => this.#state?.details?.name)
  readonly #freshness = new Freshness(performance.now())
  #state: State | undefined
  #fleet: FleetState = { all: undefined, one: undefined }
  #place = placeOf(location.hash)
  #isRefreshing = false
  #isStale = false
  #isAskingFleet = false
  /** Whether the page shows that the sentinel does not answer. */
  #isSilent = false
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Number of the session. Each token begins a new one; events and errors of earlier sessions are ignored. */
  #session = 0

  start(): void {
    inputById('find').addEventListener('input', () => {
      const group = this.#place.page === 'masters' ? this.#place.group : undefined
      this.#replace({ page: 'masters', find: inputById('find').value, group })
    })
    for (const id of ['only', 'severe'] as const) {
      inputById(id).addEventListener('change', () => { this.#events.redraw() })
    }
    byId('ask').addEventListener('submit', (event) => {
      event.preventDefault()
      keepToken(inputById('token').value.trim())
      this.#begin()
    })
    byId('skip').addEventListener('click', (event) => {
      // The hash of the address is for places.
      event.preventDefault()
      byId('main').focus()
    })
    document.addEventListener('visibilitychange', () => { if (!document.hidden) void this.#refresh() })
    addEventListener('hashchange', () => { this.#open(placeOf(location.hash)) })
    this.#every(REFRESH_MS, () => {
      if (this.#isLive() || this.#freshness.ageMs(performance.now()) >= REFRESH_MS * 1.5) void this.#refresh()
    })
    this.#every(FLEET_MS, () => { void this.#askFleet() })
    this.#every(TICK_MS, () => {
      if (this.#isSilent || this.#freshness.isStale(performance.now()) || this.#isLive()) this.#draw()
    })
    this.#begin()
  }

  /** Repeats this while no token is asked for. */
  #every(ms: number, work: () => void): void {
    setInterval(() => { if (byId('ask').hidden) work() }, ms)
  }

  /** Begins a session with the token of this tab, or without a token. */
  #begin(): void {
    this.#session += 1
    byId('ask').hidden = true
    showLive(false)
    void this.#refresh()
    void this.#follow(this.#session)
  }

  /** Shows the place and moves the focus to it, as a new page would. */
  #open(place: Place): void {
    this.#place = place
    this.#fleet = { ...this.#fleet, one: undefined }
    this.#forgetDetails()
    this.#draw()
    this.#events.redraw()
    scrollTo(0, 0)
    byId('main').focus({ preventScroll: true })
    void this.#refresh()
    void this.#askFleet()
  }

  /** Shows the place in this entry of the browser's history. */
  #replace(place: Place): void {
    this.#place = place
    history.replaceState(null, '', hashOf(place))
    this.#draw()
  }

  /** The details of another master are never shown under the name of the selected one. */
  #forgetDetails(): void {
    if (this.#state === undefined || this.#state.details?.name === this.#masterOf(this.#state.overview.masters)) return
    this.#state = { ...this.#state, details: undefined, explanation: undefined }
  }

  /** The master to show: that of the place if it is monitored, or the only one. */
  #masterOf(masters: readonly { readonly name: string }[]): string | undefined {
    const { page } = this.#place
    const wanted = this.#place.page === 'master' ? this.#place.name : undefined
    if (masters.some(({ name }) => name === wanted)) return wanted
    return page !== 'sentinels' && masters.length === 1 ? masters[0]?.name : undefined
  }

  /** Requests the state and draws it. Calls during a request cause one more request after it. */
  async #refresh(): Promise<void> {
    this.#isStale = this.#isRefreshing
    if (this.#isRefreshing) return
    this.#isRefreshing = true
    const session = this.#session
    this.#freshness.asked(performance.now())
    try {
      const isFirst = this.#state === undefined
      this.#state = await this.#ask()
      this.#forgetDetails()
      this.#freshness.answered(performance.now())
      byId('page').hidden = false
      byId('ask').hidden = true
      this.#draw()
      if (isFirst) void this.#askFleet()
    } catch (error) {
      this.#freshness.failed()
      if (session === this.#session) this.#showFailure(error)
    } finally {
      this.#isRefreshing = false
      if (this.#isStale) this.#refreshSoon()
    }
  }

  async #ask(): Promise<State> {
    const overview = await askOverview()
    const clockOffset = Date.parse(overview.sentinel.time) - performance.now()
    const master = this.#masterOf(overview.masters)
    if (master === undefined) return { overview, details: undefined, explanation: undefined, clockOffset }
    const [details, explanation] = await Promise.all([askDetails(master), askExplanation(master)])
    if (details !== undefined) this.#screen.lag.add(details)
    return { overview, details, explanation, clockOffset }
  }

  /** Requests what the other sentinels say. Without an answer the page shows what this sentinel knows by itself. */
  async #askFleet(): Promise<void> {
    if (this.#isAskingFleet || this.#state === undefined) return
    this.#isAskingFleet = true
    const master = this.#state.details?.name
    try {
      if (master === undefined) this.#fleet = { all: await askFleet(), one: undefined }
      else this.#fleet = { ...this.#fleet, one: await askFleetMaster(master) }
      this.#draw()
    } catch {
      // Whether this sentinel is lost is judged by the requests for the state. What was last known stays for its links.
    } finally {
      this.#isAskingFleet = false
    }
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
    this.#draw()
    if (!(error instanceof UnknownName)) return
    byId('page').hidden = false
    byId('alarmbox').hidden = false
    this.#regions.draw('alarms', [error.message], () => el('p.headline.bad', {}, mark('bad'), error.message))
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

  /** Whether the page shows something that changes by the second. */
  #isLive(): boolean {
    const { details } = this.#state ?? {}
    if (details === undefined) return false
    return details.status !== 'ok' || details.failover !== null || unreachableOf(details) !== undefined
  }

  #draw(): void {
    const now = performance.now()
    this.#isSilent = this.#freshness.isStale(now)
    if (this.#isSilent) {
      const { overview } = this.#state ?? {}
      byId('page').hidden = false
      showSilence(this.#regions, {
        ageMs: this.#freshness.ageMs(now), lastTime: overview?.sentinel.time, sentinels: sentinelsOf(this.#fleet),
      })
    } else if (this.#state !== undefined) {
      showSilence(this.#regions, undefined)
      this.#screen.draw(this.#state, this.#fleet, this.#place)
    }
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
