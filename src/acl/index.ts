/** The entry point of the ACL: users, their rules, and what they may do. */
export { AccessList, DEFAULT_USER, userNameProblem, type UserLine } from './access-list.ts'
export { type AclFileReading, readAclFile, writeAclFile } from './acl-file.ts'
export { AclLog, type LogEntry, type Refusal } from './acl-log.ts'
export { type AclCommand, CommandCatalogue } from './catalogue.ts'
export type { ChannelClaim, GlobMatch } from './channel-patterns.ts'
export type { AclContext, AclRequest, Denial, SelectorDescription } from './selector.ts'
export type { RulesProblem, UserDescription } from './user.ts'
export { loadUserLines, saysNothingOfChannels, userLineProblem, type UserLineProblem } from './user-lines.ts'
