/** Interfaces between the modules. No code: each outer module implements one of them and imports no other. */
export type { Clock } from './clock.ts'
export type { ConfigStore, SaveFailure } from './config-store.ts'
export type { EventSink, EventSource, Logger, LogLevel, PublishedEvent } from './events.ts'
export type { Links, LinkTarget } from './links.ts'
export type { OperationOutcome, Operator } from './operator.ts'
export type { Resolver } from './resolver.ts'
export type { PendingScript, ScriptRunner } from './script-runner.ts'
export type { WebhookState } from './webhooks.ts'
