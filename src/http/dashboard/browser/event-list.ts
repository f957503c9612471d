/** The latest events, the newest first. */
import type { EventJson } from '../../json.ts'
import { byId, el, inputById, mark } from './elements.ts'
import { eventKind, eventSentence } from './event-words.ts'
import { clock } from './format.ts'

const SHOWN_MAX = 200

/** Kept for the case that the user shows all masters again. */
const KEPT_MAX = 1_000

export class EventList {
  readonly #events: EventJson[] = []
  readonly #selected: () => string | undefined

  /** `selected` is the name of the master that the page shows. */
  constructor(selected: () => string | undefined) {
    this.#selected = selected
  }

  /** The id of the newest event, `0` before the first. */
  get lastId(): string {
    return this.#events.at(-1)?.id ?? '0'
  }

  /** A new event is highlighted for a moment. */
  add(event: EventJson, isNew: boolean): void {
    this.#events.push(event)
    if (this.#events.length > KEPT_MAX) this.#events.shift()
    if (!this.#isShown(event)) return
    const list = byId('events')
    const item = eventView(event)
    if (isNew) item.classList.add('new')
    list.prepend(item)
    while (list.childElementCount > SHOWN_MAX) list.lastElementChild?.remove()
    byId('quiet').hidden = true
  }

  redraw(): void {
    const shown = this.#events.filter((event) => this.#isShown(event)).slice(-SHOWN_MAX).toReversed()
    byId('events').replaceChildren(...shown.map(eventView))
    byId('quiet').hidden = shown.length > 0
  }

  #isShown({ master }: EventJson): boolean {
    return !inputById('only').checked || master === undefined || master === this.#selected()
  }
}

export function eventView(event: EventJson): HTMLElement {
  const time = el('time', { datetime: event.time }, clock(event.time))
  const master = event.master === undefined ? undefined : ` \u00b7 ${event.master}`
  return el(
    'li', { 'data-id': event.id },
    mark(eventKind(event)),
    el('div', {}, eventSentence(event), ' ', el('small', {}, time, ' \u00b7 ', el('code', {}, event.event), master)),
  )
}
