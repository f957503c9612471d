import { CONNECTION_HELP } from '../connection/connection-options.ts'

const UTC = '  --utc                  print times in UTC (default: local time with its zone)'

export const STATUS_HELP = `Shows the masters, replicas and sentinels of a fleet: asks the given sentinel and all that it knows, what is wrong first,
with the cause, what to do and the command. The sentinels may be ts-sentinels and original ones. More than three masters are
shown one line each, the worst first.

Usage: ts-sentinel status HOST[:PORT] [WORD] [options]
       ts-sentinel status http://HOST:PORT [--json]

With the address of a proxy (its directive http): whether new clients get the master, its clients and its connections to
nodes. The status is 0 when they do, 1 when not, 2 when the proxy cannot be reached.

  WORD                   show only masters with this word in their name, addresses or state: a name, 10.0.0.3, down,
                         failing over, read-only, disagreed, unreachable, no quorum, critical, warning, ok

Options:
  -w, --watch            print again every second until Ctrl-C; on a terminal in place, cut to its size. Goes on with
                         another sentinel while the given one does not answer
  --only-problems        leave out masters without a problem
  --one                  ask only the given sentinel
  --json                 print one JSON document (with --watch: one line each time), as /fleet does over HTTP
${UTC}
${CONNECTION_HELP}
  -h, --help             print this text

Exit codes: 0 no finding is critical, every master is up and has its quorum, and every sentinel that answers can act;
1 otherwise (also: a sentinel is in TILT or cannot save its configuration file); 2 wrong usage, or the given sentinel cannot
be reached.

Examples:
  ts-sentinel status 127.0.0.1:26379
  ts-sentinel status sentinel-1:26379 --watch
  ts-sentinel status sentinel-1:26379 down
  ts-sentinel status http://127.0.0.1:9121
  ts-sentinel status [::1]:26379 --user ops --pass-file /run/secrets/sentinel --json
`

export const EXPLAIN_HELP = `Shows what is wrong with a master, what to do and the command, then whether a failover would happen now, which replica
would be promoted, and the reasons. Asks the given sentinel and all that it knows. Sends SENTINEL EXPLAIN. For an original
sentinel, the answer is derived from its other replies.

Usage: ts-sentinel explain HOST[:PORT] MASTER [options]

Options:
  --one                  ask only the given sentinel
  --json                 print one JSON document, as /masters/NAME/explain does over HTTP, with the findings of all
                         sentinels
${UTC}
${CONNECTION_HELP}
  -h, --help             print this text

Exit codes: 0 a failover runs, starts now, or would follow if the master died; 1 it would not, or the given sentinel is in
TILT and would not act; 2 wrong usage, or the sentinel cannot be reached.

Examples:
  ts-sentinel explain 127.0.0.1:26379 mymaster
  ts-sentinel explain 127.0.0.1:26379 mymaster --json
`

export const HISTORY_HELP = `Lists the last 20 failovers of each master, also those from before a restart of the sentinel, with their attempts and
phases. An outage counts from the last good answer of the master. Sends SENTINEL HISTORY, which original sentinels do not
have.

Usage: ts-sentinel history HOST[:PORT] [MASTER] [options]

Options:
  --json                 print the failovers as one JSON document, as /failovers does over HTTP
${UTC}
${CONNECTION_HELP}
  -h, --help             print this text

Exit codes: 0 printed (the list may be empty), 2 wrong usage, the sentinel cannot be reached, or it is an original one.

Examples:
  ts-sentinel history 127.0.0.1:26379
  ts-sentinel history 127.0.0.1:26379 mymaster --json
`
