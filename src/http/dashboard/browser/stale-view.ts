/** What the page shows while the sentinel does not answer. */
import type { FleetSentinelJson } from '../../json.ts'
import { byId, el, type Content } from './elements.ts'
import { showInTab } from './favicon.ts'
import { counting, timeView } from './format.ts'
import type { Regions } from './regions.ts'
import { pageLink } from './topology-view.ts'

export interface Silence {
  /** Time without an answer. */
  readonly ageMs: number
  /** Time of the sentinel in its last answer; undefined when there was none. */
  readonly lastTime: string | undefined
  /** The sentinels as they were last known. */
  readonly sentinels: readonly FleetSentinelJson[]
}

/** Shows that there are no data, and the pages of the other sentinels; hides that when `silence` is undefined. */
export function showSilence(regions: Regions, silence: Silence | undefined): void {
  document.body.className = silence === undefined ? '' : 'stale'
  byId('stale').hidden = silence === undefined
  if (silence === undefined) return
  const { ageMs, lastTime, sentinels } = silence
  byId('staletext').textContent = `No data for ${counting(ageMs)}`
  regions.draw('stalelinks', [lastTime, sentinels], () => [
    el('p', {}, `The sentinel at ${location.host} does not answer.`, ...lastTimeView(lastTime)),
    ...othersView(sentinels),
  ])
  regions.draw('overall', 'no data', () => el('span.pill.none', {}, 'No data'))
  showInTab('none', 'no data', undefined)
}

function lastTimeView(lastTime: string | undefined): Content[] {
  return lastTime === undefined ? [] : [' What you see below is of ', timeView(lastTime), '.']
}

function othersView(sentinels: readonly FleetSentinelJson[]): HTMLElement[] {
  const others = sentinels.filter(({ isSelf }) => !isSelf)
  if (others.length === 0) return []
  return [
    el('p', {}, 'The other sentinels:'),
    el('ul', {}, others.map(({ address, page }) => el(
      'li', {}, el('span.addr', {}, address), ' ', page === null ? '(its page is not known)' : pageLink(page),
    ))),
  ]
}
