import type { AccessList } from '../acl/index.ts'

/** Who may do what (protocol.md 5.4 to 5.6). */
export type AccessControl = AccessList
export { DEFAULT_USER } from '../acl/index.ts'

/** The file that `aclfile` names. Both reject with an Error whose message is the system's words. */
export interface AclFile {
  /** As it was configured: errors name it so. */
  readonly path: string
  read(): Promise<string>
  /** Durable, and all or nothing. */
  write(text: string): Promise<void>
}
