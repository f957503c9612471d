import { optionalText, text } from './directive.ts'

export const DEFAULT_TITLE_TEMPLATE = '{title} {listen-addr} {server-mode}'

const UNSET = [
  'pidfile', 'unixsocket', 'unixsocketgroup', 'bind-source-addr', 'requirepass',
  'tls-cert-file', 'tls-key-file', 'tls-key-file-pass', 'tls-client-cert-file', 'tls-client-key-file',
  'tls-client-key-file-pass', 'tls-ca-cert-file', 'tls-ca-cert-dir', 'tls-protocols', 'tls-ciphers',
  'tls-ciphersuites', 'tls-dh-params-file',
  'cluster-announce-client-ipv4', 'cluster-announce-client-ipv6', 'cluster-announce-human-nodename',
  'cluster-announce-ip',
]

/** Directives whose value is any text. */
export const TEXTS = [
  text('logfile', ''),
  text('syslog-ident', 'redis'),
  text('proc-title-template', DEFAULT_TITLE_TEMPLATE, { check: { type: 'title-template' } }),
  text('aclfile', ''),
  ...UNSET.map((name) => optionalText(name)),
  // Written under the name that the oldest release in use knows.
  optionalText('masteruser', { laterAliases: ['primaryuser'] }),
  optionalText('masterauth', { laterAliases: ['primaryauth'] }),
  optionalText('server_cpulist', { laterAliases: ['server-cpulist'] }),
  optionalText('bio_cpulist', { laterAliases: ['bio-cpulist'] }),
  optionalText('aof_rewrite_cpulist', { laterAliases: ['aof-rewrite-cpulist'] }),
  optionalText('bgsave_cpulist', { laterAliases: ['bgsave-cpulist'] }),
  optionalText('replica-announce-ip', { aliases: ['slave-announce-ip'] }),
  optionalText('cluster-announce-hostname', { check: { type: 'host-name' } }),
  text('appenddirname', 'appendonlydir', { check: { type: 'bare-name', of: 'dirname', mayBeEmpty: false } }),
  text('appendfilename', 'appendonly.aof', { check: { type: 'bare-name', of: 'filename', mayBeEmpty: false } }),
  text('dbfilename', 'dump.rdb', { check: { type: 'bare-name', of: 'filename', mayBeEmpty: true } }),
  text('cluster-config-file', 'nodes.conf'),
  text('ignore-warnings', ''),
  text('locale-collate', ''),
  text('availability-zone', ''),
  text('debug-context', ''),
]
