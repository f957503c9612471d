import { basename } from 'node:path'
import { expandTitle, type Settings } from '../config/index.ts'

/** The title of the process (config.md 1.9); undefined when it is not changed. */
export function processTitle(settings: Settings, configFile: string): string | undefined {
  if (!settings.setProcessTitle) return undefined
  const { port, tlsPort, bind, unixSocket } = settings
  const shownPort = port === 0 ? tlsPort : port
  const listenAddress = shownPort === 0 && unixSocket !== undefined
    ? `unixsocket:${unixSocket}`
    : `${bind[0] ?? '*'}:${shownPort}`
  return expandTitle(settings.processTitleTemplate, {
    'title': programName(),
    'listen-addr': listenAddress,
    'server-mode': '[sentinel]',
    'port': String(port),
    'tls-port': String(tlsPort),
    'unixsocket': unixSocket ?? '',
    'config-file': configFile,
  })
}

/** The name by which the program was started, without the extension of its file. */
export function programName(): string {
  return basename(process.argv[1] ?? process.execPath).replace(/\.[cm]?js$/, '')
}
