/** The text of `ts-sentinel drill --help`. */
import { defaultDownAfterMs, GENUINE_FLOOR_MS } from '../../harness/index.ts'
import { MAX_LOST, OUTAGE_MARGIN_MS } from './limits.ts'
import { DEFAULT_EXEC_WAIT_S, DEFAULT_LIMIT_S } from './options.ts'

export const HELP = `Runs failovers and measures how long clients cannot write and which writes are lost.

Usage: ts-sentinel drill [options]
       ts-sentinel drill --target <host:port> --master <name> [options]

Without --target: starts a deployment of real redis-servers (one master, two replicas, three sentinels) in a temporary
folder, with a client that writes all the time, and removes it at the end.

  --list                  print the scenarios and exit
  --scenario <name>       run only this scenario; repeat it or separate names with commas for more
  --sentinels <which>     ours, genuine, or mixed: two of ours and one genuine (default: ours)
  --redis-server <path>   the redis-server to run (default: that of REDIS_SERVER, or from the PATH)
  --redis-sentinel <path> the genuine sentinel to run (default: from the PATH)
  --down-after <ms>       down-after-milliseconds of the deployment (default: ${defaultDownAfterMs(['ours'])}, or
                          ${defaultDownAfterMs(['genuine'])} with genuine sentinels, which need more than ${GENUINE_FLOOR_MS})
  --proxy                 start a ts-sentinel proxy, too: the client knows only its address, and nothing of Sentinel
  --proxy-config <line>   the same, with a line for the file of the proxy, such as 'mode route'; may be repeated
  --exec <command>        run this command for the shell during each scenario, with the variables of ts-sentinel harness run;
                          a status other than 0 fails the scenario. One that runs for ever gets SIGTERM at the end
  --exec-wait <seconds>   how long the command may go on by itself after the recovery (default: ${DEFAULT_EXEC_WAIT_S})

With --target or -u: runs SENTINEL FAILOVER of one master of an existing staging fleet.

  --target <host:port>    one of its sentinels; the others are discovered
  --master <name>         the monitored master
  --yes-fail-over-<name>  confirms the failover of this master; without it you are asked to type the name
  --write                 write during the failover, to a key below ts-sentinel:drill: that is removed at the end
  --proxy-uri <uri>       with --write: write through this running proxy of the master, redis://[user:password@]host:port,
                          or rediss:// for TLS; without a login in it with that for the data nodes
  -u, --uri <uri>         redis://user:password@host:port of a sentinel in the place of --target; rediss:// for TLS
  --user, --sentinel-user ACL users on the data nodes and the sentinels
  --pass-file, --sentinel-pass-file
                          files with their passwords (default: the variables REDIS_PASSWORD and SENTINEL_PASSWORD)
  --tls                   use TLS for all connections; implied by the next four
  --cacert, --cert, --key trusted certificates, the certificate to show, and its key (PEM)
  --sni <name>            server name of the TLS handshake

Both:
  --report <folder>       write drill.json, junit.xml and index.html with the timelines to this folder
  --max-lost <writes>     acknowledged writes that a scenario may lose (default: ${MAX_LOST}); more is a failure
  --max-outage <ms>       longest time without an acknowledged write (default: down-after + ${OUTAGE_MARGIN_MS})
  --limit <seconds>       how long the fleet may take to recover after each step (default: ${DEFAULT_LIMIT_S})
  -h, --help              print this text

Exit status: 0 all scenarios passed, 1 a scenario failed or broke a limit, 2 wrong usage, or the drill could not start.
`
