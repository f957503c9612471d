const CONNECTION = `  --user NAME            user to log in as (ACL); default: the default user
  --password-file FILE   file with the password in its first line; without it the variable REDISCLI_AUTH is used
  --tls                  connect with TLS
  --cacert FILE          certificates to trust (PEM); means --tls`

export const STATUS_HELP = `Shows the masters, replicas and sentinels that a sentinel knows, ours or the original.

Usage: ts-sentinel status HOST[:PORT] [options]

Options:
  -w, --watch            show it again every second until Ctrl-C
  --json                 print one JSON document (with --watch: one line each time); each master has the field
                         config-save-problem while the configuration file cannot be saved
${CONNECTION}
  -h, --help             print this text

Exit codes: 0 every master is up and has its quorum, 1 a master is not, or the configuration file cannot be saved,
2 usage or not reachable.

Examples:
  ts-sentinel status 127.0.0.1:26379
  ts-sentinel status sentinel-1:26379 --watch
  ts-sentinel status [::1]:26379 --user ops --password-file /run/secrets/sentinel --json
`

export const EXPLAIN_HELP = `Says whether a failover of a master would happen now, which replica would be promoted, and why (not).
Asks SENTINEL EXPLAIN. Of an original sentinel it tells what its replies show.

Usage: ts-sentinel explain HOST[:PORT] MASTER [options]

Options:
  --json                 print the fields as one JSON document
${CONNECTION}
  -h, --help             print this text

Exit codes: 0 a failover runs, starts now, or would follow if the master died; 1 it would not; 2 usage or not reachable.

Examples:
  ts-sentinel explain 127.0.0.1:26379 mymaster
  ts-sentinel explain 127.0.0.1:26379 mymaster --json
`

export const HISTORY_HELP = `Lists the failovers that a sentinel remembers since its start: the last 20 of each master. Asks SENTINEL HISTORY,
which original sentinels do not have.

Usage: ts-sentinel history HOST[:PORT] [MASTER] [options]

Options:
  --json                 print the failovers as one JSON document
${CONNECTION}
  -h, --help             print this text

Exit codes: 0 printed (there may be none), 2 usage, not reachable, or an original sentinel.

Examples:
  ts-sentinel history 127.0.0.1:26379
  ts-sentinel history 127.0.0.1:26379 mymaster --json
`
