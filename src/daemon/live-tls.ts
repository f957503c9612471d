/**
 * TLS while the sentinel runs. The certificates can be read again (docs/decisions/0058-secrets-and-reload.md): new
 * connections use them, and connections that exist stay as they are.
 */
import type { ConnectionOptions } from 'node:tls'

import type { TlsSettings } from '../config/index.ts'
import type { TlsAcceptorOptions } from '../server/index.ts'
import { contextChanges } from './tls-changes.ts'
import { loadTls, NO_TLS, type LoadedTls, type TlsConfiguration } from './tls.ts'
import { TlsProblem } from './tls-files.ts'

/** The files as they are now. */
export interface TlsReading {
  /** Why they cannot be used; undefined when they can. */
  readonly problem: string | undefined
  /** Lines for the log about what is different; empty when nothing is. */
  readonly changes: readonly string[]
  /** Uses them for new connections. */
  readonly use: () => void
}

export class LiveTls {
  /** Log lines with the reasons why the sentinel cannot start; empty when there are none. */
  readonly obstacles: readonly string[]
  readonly #tlsPort: number
  #settings: TlsSettings
  #loaded: LoadedTls

  constructor({ tlsPort, tls }: TlsConfiguration) {
    this.#tlsPort = tlsPort
    this.#settings = tls
    const loaded = loadTls({ tlsPort, tls })
    const isUsable = !(loaded instanceof TlsProblem)
    this.#loaded = isUsable ? loaded : NO_TLS
    this.obstacles = isUsable ? [] : [...loaded.lines, 'Failed to configure TLS. Check logs for more info.']
  }

  /** The settings that are in use. */
  get settings(): TlsSettings {
    return this.#settings
  }

  /** For the listener of `tls-port`; undefined when that port is off. */
  get incoming(): TlsAcceptorOptions | undefined {
    const { incoming } = this.#loaded
    if (incoming === undefined) return undefined
    return { context: () => this.#loaded.incoming ?? incoming, clientCertificate: this.#settings.authClients }
  }

  /** For new links; undefined when links do not use TLS. */
  get outgoing(): ConnectionOptions | undefined {
    return this.#loaded.outgoing
  }

  /** Reads the files that these settings name. What else they have takes effect at the next start. */
  read(named: TlsSettings): TlsReading {
    const settings = withFilesOf(this.#settings, named)
    const loaded = loadTls({ tlsPort: this.#tlsPort, tls: settings })
    if (loaded instanceof TlsProblem) return { problem: problemText(loaded), changes: [], use: () => undefined }
    const changes = contextChanges(this.#loaded.contexts, loaded.contexts, settings)
    return {
      problem: undefined,
      changes,
      use: () => {
        this.#settings = settings
        // Without a difference the old context is kept, with the sessions that clients can resume.
        if (changes.length > 0) this.#loaded = loaded
      },
    }
  }
}

function withFilesOf(used: TlsSettings, named: TlsSettings): TlsSettings {
  const { certFile, keyFile, keyFilePass, clientCertFile, clientKeyFile, clientKeyFilePass } = named
  const { caCertFile, caCertDir } = named
  return {
    ...used, certFile, keyFile, keyFilePass, clientCertFile, clientKeyFile, clientKeyFilePass, caCertFile, caCertDir,
  }
}

function problemText({ message, advice }: TlsProblem): string {
  return advice === undefined ? message : `${message} (${advice})`
}
