/** The entry point of the commands: turns requests into answers. */
export { DEFAULT_USER } from '../acl/index.ts'
export type { AclFile } from './acl-file.ts'
export type {
  Client, ClientBuffers, ClientOrigin, ClientRegistry, PauseMode, ReplyMode, SubscriptionKind, Tracking, Worker,
} from './client.ts'
export { clientType, subscriptionCount } from './client.ts'
export { clientLine } from './client-line.ts'
export { COMMAND_CATALOGUE } from './command-catalogue.ts'
export { CommandIndex, type CommandRename } from './command-index.ts'
export type { Answer, CommandSpec } from './command-spec.ts'
export { Control, Deferred } from './command-spec.ts'
export { Dispatcher } from './dispatch.ts'
export type { CommandEnvironment, LogLevelName, LogLevelSetting } from './environment.ts'
export { LOG_LEVELS } from './environment.ts'
export type { CpuSeconds, Rate, ServerCounters, ServerFacts } from './server-facts.ts'
export { REPORTED_REDIS_VERSION } from './server-facts.ts'
/** Pattern subscriptions of the server match as CONFIG GET and RESET do. */
export { globMatch } from '../core/index.ts'
export { PATTERN_CHARS_MAX, SUBSCRIPTIONS_MAX } from './limits.ts'
export { runOrder, type OrderName, type OrderResult } from './sentinel/order.ts'
export { COMMANDS } from './table.ts'
