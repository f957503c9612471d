import { defaultDownAfterMs } from '../../harness/index.ts'

export const HELP = `Starts Redis servers and sentinels for tests in any language, and lets the tests cause faults.

Usage: ts-sentinel harness run [options] -- <command> [arguments]
       ts-sentinel harness serve [options]

run starts a deployment of real redis-servers and sentinels in a temporary folder, runs the command, and removes everything
when the command ends, in whatever way. The command gets the addresses, passwords and certificates as variables:

  SENTINELS               host:port of each sentinel, separated by commas
  REDIS_MASTER_NAME       the name of the monitored master; REDIS_MASTER_NAMES has those of all
  REDIS_MASTER            host:port of the first master; REDIS_REPLICAS has those of its replicas
  REDIS_URL               the same as a URL with the login, rediss:// with TLS
  REDIS_USER, REDIS_PASSWORD, SENTINEL_USER, SENTINEL_PASSWORD
  REDIS_PROXY, REDIS_PROXY_URL                    host:port of the proxy, and the same as a URL with the login
  REDIS_TLS_CA, REDIS_TLS_CERT, REDIS_TLS_KEY     paths of PEM files
  HARNESS_URL, HARNESS_TOKEN                      the control interface: POST $HARNESS_URL/kill-master with the header
                          Authorization: Bearer $HARNESS_TOKEN kills the master; /openapi.json lists everything

Deployment, for run:
  --replicas <number>     replicas of each master (default: 2)
  --sentinels <number>    sentinels (default: 3)
  --genuine <number>      how many of them are genuine redis-sentinels (default: 0)
  --masters <names>       names of the monitored masters, separated by commas (default: mymaster)
  --quorum <number>       sentinels that must agree (default: the majority)
  --down-after <ms>       down-after-milliseconds (default: ${defaultDownAfterMs(['ours'])}, or ${defaultDownAfterMs(['genuine'])} with genuine sentinels)
  --failover-timeout <ms> failover-timeout (default: 10000)
  --parallel-syncs <number>
  --password <text>, --user <name>                    login of the data nodes
  --sentinel-password <text>, --sentinel-user <name>  login of the sentinels
  --tls                   TLS for all connections; clients must present the certificate
  --persistence <kind>    what a server keeps over a restart: none, aof or rdb (default: none)
  --network <kind>        direct, or relayed: faults of the network are possible (default: direct)
  --slow-disks            slow-disk needs no strace for sentinels of ours
  --clock-faults          enables the fault clock-jump
  --resolver              enables the faults resolver-fail and resolver-move
  --proxy                 a proxy for clients without Sentinel support
  --proxy-config <line>   the same, with a line for its file; may be repeated
  --redis-config <line>, --sentinel-config <line>     another line for their files; may be repeated
  --redis-server <path>, --redis-sentinel <path>      the programs (default: from the PATH)
  --no-wait               do not wait until the sentinels know each other
  --quiet                 do not print the last events when the command fails

serve starts nothing. It prints one line of JSON with the URL and the token of the control interface, takes requests as lines
of JSON on standard input too, and ends with its standard input, its parent, or a signal.

Both:
  --port <number>         port of the control interface on 127.0.0.1 (default: any that is free)
  --outlive-parent        do not end when the process ends that started it
  -h, --help              print this text

Exit status of run: that of the command, 128 and the number of the signal that ended it, 127 there is no such command, 126
it cannot be run, 125 wrong usage, or the deployment did not start. Of serve: 0 ended, 1 something did not stop, 2 wrong usage.
`
