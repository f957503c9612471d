/** The text of `ts-sentinel proxy --help`. */
export const HELP = `Usage: ts-sentinel proxy FILE [--directive value ...]
       ts-sentinel proxy --sentinel HOST:PORT ... --master NAME [--directive value ...]

Runs a proxy: applications without Sentinel support connect to it, and it leads them to the present master. It follows the
sentinels, cuts connections to an old master at the moment of a failover, and lets new clients wait for the new one.

FILE is a proxy.conf. Every directive may be given as an option, which replaces the lines of the file:
  --sentinel HOST:PORT ...   the sentinels to follow; give all of them
  --master NAME              the name under which the sentinels monitor the master
  --port PORT                where clients get the master (7777)
  --read-port PORT           where clients get a replica (none)
  --mode pipe|route          a connection to a node for each client, or request by request (pipe)
  --read-from WHICH          master, replica, prefer-replica or nearest (prefer-replica)
  --wait-for-master MS       how long new clients wait for a master (5000)
  --minority WHAT            refuse or serve new clients without a majority of the sentinels (refuse)
  --http ADDRESS:PORT        /metrics, /livez and /readyz
  --threads NUMBER           worker processes (1)
  --daemonize yes            run in the background

Examples:
  ts-sentinel proxy /etc/redis/proxy.conf
  ts-sentinel proxy --sentinel 10.0.0.1:26379 10.0.0.2:26379 10.0.0.3:26379 --master mymaster --port 6379

Exit status: 0 after SIGTERM, 1 when the configuration is wrong or the proxy cannot start, 2 for a wrong call.
man ts-sentinel-proxy has all directives, docs/proxy.md what is guaranteed.
`
