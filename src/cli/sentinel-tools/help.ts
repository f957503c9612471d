const CONNECTION = `  --user NAME            user to log in as (ACL); default: the default user
  --password-file FILE   file with the password in its first line (default: the variable REDISCLI_AUTH)
  --tls                  connect with TLS
  --cacert FILE          file of trusted certificates (PEM); implies --tls`

export const STATUS_HELP = `Shows the masters, replicas and sentinels that a sentinel knows. The sentinel may be a ts-sentinel or an original one.

Usage: ts-sentinel status HOST[:PORT] [options]

Options:
  -w, --watch            print again every second until Ctrl-C
  --json                 print one JSON document (with --watch: one line each time); each master has the field
                         config-save-problem while the configuration file cannot be saved
${CONNECTION}
  -h, --help             print this text

Exit codes: 0 every master is up and has its quorum, 1 a master is down or has no quorum, or the configuration file cannot
be saved, 2 wrong usage, or the sentinel cannot be reached.

Examples:
  ts-sentinel status 127.0.0.1:26379
  ts-sentinel status sentinel-1:26379 --watch
  ts-sentinel status [::1]:26379 --user ops --password-file /run/secrets/sentinel --json
`

export const EXPLAIN_HELP = `Shows whether a failover of a master would happen now, which replica would be promoted, and the reasons. Sends SENTINEL
EXPLAIN. For an original sentinel, the answer is derived from its other replies.

Usage: ts-sentinel explain HOST[:PORT] MASTER [options]

Options:
  --json                 print the fields as one JSON document
${CONNECTION}
  -h, --help             print this text

Exit codes: 0 a failover runs, starts now, or would follow if the master died; 1 it would not; 2 wrong usage, or the
sentinel cannot be reached.

Examples:
  ts-sentinel explain 127.0.0.1:26379 mymaster
  ts-sentinel explain 127.0.0.1:26379 mymaster --json
`

export const HISTORY_HELP = `Lists the last 20 failovers of each master, also those from before a restart of the sentinel. Sends SENTINEL HISTORY,
which original sentinels do not have.

Usage: ts-sentinel history HOST[:PORT] [MASTER] [options]

Options:
  --json                 print the failovers as one JSON document
${CONNECTION}
  -h, --help             print this text

Exit codes: 0 printed (the list may be empty), 2 wrong usage, the sentinel cannot be reached, or it is an original one.

Examples:
  ts-sentinel history 127.0.0.1:26379
  ts-sentinel history 127.0.0.1:26379 mymaster --json
`
