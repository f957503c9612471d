import type { EventJson } from '../../../src/documents/index.ts'
import type { KeptEvent } from '../../../src/ports/index.ts'

/** An event with this number. */
export function keptEvent(number: number, { start = 'aaaaaaaa', payload = 'master mymaster 10.0.0.1 6379' } = {}): KeptEvent {
  const json: EventJson = {
    id: `${start}-${number}`, time: '2026-07-01T09:30:00.000Z', level: 'warning', event: '+sdown', master: 'mymaster', payload,
  }
  return { start, number, text: JSON.stringify(json) }
}
