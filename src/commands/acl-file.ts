/** The file that `aclfile` names. Both reject with an Error whose message is the system's error text. */
export interface AclFile {
  /** The configured path, as error messages show it. */
  readonly path: string
  read(): Promise<string>
  /** Replaces the file durably; after a failure the old content remains. */
  write(text: string): Promise<void>
}
