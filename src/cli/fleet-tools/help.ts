import { CONNECTION_HELP } from '../connection/connection-options.ts'

const SHARED = `  --yes                  do not ask; needed where there is no terminal
  --json                 print one JSON document at the end and nothing else
  --utc                  print times in UTC (default: local time with its zone)
${CONNECTION_HELP}
  -h, --help             print this text`

const EXIT_CODES = `1 only
on some: one cannot be reached or refused it, or the result is not what was asked for; 2 wrong usage, or the sentinel
cannot be reached; 3 not possible or not confirmed, nothing was changed.`

export const PAUSE_HELP = `Pauses failovers of a master on all its sentinels for a time: none of them starts a failover or votes for one. Monitoring
and ordered failovers go on. Asks one sentinel for the others. Says at the end whether the pause is effective: it is when
the sentinels that are not paused are too few for a failover.

Usage: ts-sentinel pause HOST[:PORT] MASTER --for DURATION [options]

Options:
  --for DURATION         how long, such as 90s, 30m or 1h30m
  --reason TEXT          shown by the sentinels
${SHARED}

Exit codes: 0 effective, and every sentinel that has the command is paused; ${EXIT_CODES}

Examples:
  ts-sentinel pause 127.0.0.1:26379 mymaster --for 30m --reason "new switch in rack 2"
  ts-sentinel pause 127.0.0.1:26379 mymaster --for 10m --yes --json
`

export const RESUME_HELP = `Ends a pause of failovers on all sentinels of a master.

Usage: ts-sentinel resume HOST[:PORT] MASTER [options]

Options:
${SHARED}

Exit codes: 0 no sentinel is paused; ${EXIT_CODES}

Examples:
  ts-sentinel resume 127.0.0.1:26379 mymaster
  ts-sentinel resume 127.0.0.1:26379 mymaster --yes
`

export const FORGET_HELP = `Removes the record of a dead replica or a dead sentinel on all sentinels of a master, and keeps it away for a time. For a
sentinel it prints first how the majority changes. The sentinels must have found it down, and refuse to forget a sentinel
where a majority could become smaller than the number of sentinels that may still run elsewhere.

Usage: ts-sentinel forget HOST[:PORT] MASTER replica HOST:PORT [options]
       ts-sentinel forget HOST[:PORT] MASTER sentinel ID|HOST:PORT [options]

Options:
  --for DURATION         how long it is kept away, such as 10m or 2h (default: 1h)
  --force                forget a sentinel that is up, or that the sentinels refuse to forget
${SHARED}

Exit codes: 0 no sentinel knows it any more; ${EXIT_CODES}

Examples:
  ts-sentinel forget 127.0.0.1:26379 mymaster replica 10.0.0.7:6379
  ts-sentinel forget 127.0.0.1:26379 mymaster sentinel 10.0.0.13:26379 --yes
`

export const FAILOVER_HELP = `Orders a failover of a master, also of one that is up, follows it and verifies that all sentinels name the new master.
Writes that the old master accepts after the promotion are lost; "ts-sentinel switchover" loses none.

Usage: ts-sentinel failover HOST[:PORT] MASTER [options]

Options:
  --force                order it even where too few sentinels are reachable for a vote
${SHARED}

Exit codes: 0 all sentinels name the new master; ${EXIT_CODES}

Examples:
  ts-sentinel failover 127.0.0.1:26379 mymaster
  ts-sentinel failover 127.0.0.1:26379 mymaster --yes --json
`

export const SWITCHOVER_HELP = `Makes a replica the master without losing a write: the master holds writes back until the replica has all of them. Shows
the replicas with what they lack, follows the switchover, prints how long writes were held back, and verifies that all
sentinels name the new master. A sentinel of the fleet must be a ts-sentinel.

Usage: ts-sentinel switchover HOST[:PORT] MASTER [options]

Options:
  --to HOST:PORT         the replica to promote (default: the one that a failover would choose)
  --timeout MS           give it up when the replica has not caught up after this time
  --at TIME              put it on the schedule of all sentinels: 2026-12-01T03:00Z, or +30m from now
  --cancel               remove it from the schedule of all sentinels
${SHARED}

Exit codes: 0 all sentinels name the new master, or have the schedule; ${EXIT_CODES}

Examples:
  ts-sentinel switchover 127.0.0.1:26379 mymaster
  ts-sentinel switchover 127.0.0.1:26379 mymaster --to 10.0.0.2:6379 --yes --json
  ts-sentinel switchover 127.0.0.1:26379 mymaster --at 2026-12-01T03:00Z --yes
`
