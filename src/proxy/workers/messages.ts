/** What the process that watches the workers and a worker tell each other. */
import type { ProxyFacts } from '../http/metrics.ts'
import type { ProxySettings } from '../settings/settings.ts'

export type ToWorker =
  /** The first message: serve clients. `worker`: its number, from 0, which no other has or had. */
  | { readonly kind: 'start', readonly settings: ProxySettings, readonly worker: number }
  | { readonly kind: 'tell-facts', readonly question: number }
  /** Let the clients finish, and end. */
  | { readonly kind: 'stop' }

export type FromWorker =
  /** The first message: it has begun, and receives messages. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running' }
  /** It ends. */
  | { readonly kind: 'failed', readonly problem: string }
  | { readonly kind: 'facts', readonly question: number, readonly facts: ProxyFacts }
