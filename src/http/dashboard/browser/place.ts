/** The part of the dashboard that is open, as the address of the page names it: Back, Forward and bookmarks work. */

/** Groups of masters that the list can be limited to, the worst first. */
export const GROUPS = ['down', 'failover', 'risk', 'healthy'] as const

export type Group = typeof GROUPS[number]

/** The list of masters, limited to those that match a search and a group. */
export interface MastersPlace {
  readonly page: 'masters'
  readonly find: string
  readonly group: Group | undefined
}

export type Place =
  | MastersPlace
  | { readonly page: 'master', readonly name: string }
  | { readonly page: 'sentinels' }

export const HOME: MastersPlace = { page: 'masters', find: '', group: undefined }

/**
 * The place that the hash of an address names: `#/`, `#/?find=cache&state=down`, `#/master/<name>`, `#/sentinels`, and
 * `#m=<name>` of earlier releases. A hash that was truncated or edited leads to the list of masters.
 */
export function placeOf(hash: string): Place {
  if (hash.startsWith('#m=')) return masterPlace(hash.slice('#m='.length))
  const [path = '', query = ''] = hash.slice(1).split('?')
  if (path === '/sentinels') return { page: 'sentinels' }
  if (path.startsWith('/master/')) return masterPlace(path.slice('/master/'.length))
  const values = new URLSearchParams(query)
  return { page: 'masters', find: values.get('find') ?? '', group: GROUPS.find((group) => group === values.get('state')) }
}

/** The hash that leads to the place. */
export function hashOf(place: Place): string {
  if (place.page === 'sentinels') return '#/sentinels'
  if (place.page === 'master') return `#/master/${encodeURIComponent(place.name)}`
  const values = new URLSearchParams()
  if (place.find !== '') values.set('find', place.find)
  if (place.group !== undefined) values.set('state', place.group)
  return values.size === 0 ? '#/' : `#/?${values.toString()}`
}

export function masterHash(name: string): string {
  return hashOf({ page: 'master', name })
}

function masterPlace(encoded: string): Place {
  try {
    return encoded === '' ? HOME : { page: 'master', name: decodeURIComponent(encoded) }
  } catch {
    return HOME
  }
}
