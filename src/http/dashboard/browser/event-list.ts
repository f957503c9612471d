/** The latest events, the newest first. */
import type { EventJson } from '../../json.ts'
import { byId, el, inputById, mark } from './elements.ts'
import { eventKind, eventSentence } from './event-words.ts'
import { timeView } from './format.ts'
import { masterHash } from './place.ts'

const SHOWN_MAX = 200

/** Number of events kept, including those that are not shown, which the user can show at any time. */
const KEPT_MAX = 1_000

export class EventList {
  readonly #events: EventJson[] = []
  readonly #selected: () => string | undefined

  /** `selected` returns the name of the master that the page shows. */
  constructor(selected: () => string | undefined) {
    this.#selected = selected
  }

  /** Id of the newest event; `0` when there is none. */
  get lastId(): string {
    return this.#events.at(-1)?.id ?? '0'
  }

  /** Adds an event. A new event is highlighted for a moment. */
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
    const quiet = byId('quiet')
    quiet.hidden = shown.length > 0
    quiet.textContent = this.#events.length === 0 ? 'No events yet.' : 'No event matches.'
  }

  #isShown(event: EventJson): boolean {
    const { master } = event
    const selected = this.#selected()
    if (inputById('only').checked && master !== undefined && selected !== undefined && master !== selected) return false
    const kind = eventKind(event)
    switch (inputById('severe').value) {
      case 'problems': return kind === 'bad'
      case 'changes': return kind !== 'info'
      default: return true
    }
  }
}

export function eventView(event: EventJson): HTMLElement {
  const { master } = event
  const link = master === undefined ? [] : [' \u00b7 ', el('a', { href: masterHash(master) }, master)]
  return el(
    'li', { 'data-id': event.id },
    mark(eventKind(event)),
    el('div', {}, eventSentence(event), ' ', el('small', {}, timeView(event.time), ' \u00b7 ', el('code', {}, event.event), link)),
  )
}
