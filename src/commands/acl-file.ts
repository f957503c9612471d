/** The file that `aclfile` names. Both reject with an Error whose message is the system's words. */
export interface AclFile {
  /** As it was configured: errors name it so. */
  readonly path: string
  read(): Promise<string>
  /** Durable, and all or nothing. */
  write(text: string): Promise<void>
}
