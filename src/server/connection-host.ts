import type { Dispatcher } from '../commands/index.ts'
import type { Now } from '../core/index.ts'
import type { Logger } from '../ports/index.ts'
import type { Registry } from './client-registry.ts'
import type { Counters } from './counters.ts'
import type { DeliveryRound } from './delivery-round.ts'
import type { InputBudget } from './input-budget.ts'
import type { ServerSettings } from './settings.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { Turns } from './turns.ts'

/** The objects that all connections share. */
export interface ConnectionHost {
  readonly dispatcher: Dispatcher
  readonly registry: Registry
  readonly subscriptions: Subscriptions
  readonly counters: Counters
  readonly deliveries: DeliveryRound
  readonly turns: Turns
  readonly input: InputBudget
  readonly settings: ServerSettings
  readonly now: () => Now
  readonly logger: Logger
}
