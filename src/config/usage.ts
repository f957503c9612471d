/** The text of `--help`, on stderr (config.md 1.10). */
export const USAGE = `Usage: ./redis-server [/path/to/redis.conf] [options] [-]
       ./redis-server - (read config from stdin)
       ./redis-server -v or --version
       ./redis-server -h or --help
       ./redis-server --test-memory <megabytes>
       ./redis-server --check-system

Examples:
       ./redis-server (run the server with default conf)
       echo 'maxmemory 128mb' | ./redis-server -
       ./redis-server /etc/redis/6379.conf
       ./redis-server --port 7777
       ./redis-server --port 7777 --replicaof 127.0.0.1 8888
       ./redis-server /etc/myredis.conf --loglevel verbose -
       ./redis-server /etc/myredis.conf --loglevel verbose

Sentinel mode:
       ./redis-server /etc/sentinel.conf --sentinel
`

/** The text of `--test-memory` without a size, on stderr. */
export const TEST_MEMORY_USAGE = `Please specify the amount of memory to test in megabytes.
Example: ./redis-server --test-memory 4096

`

export interface BuildFacts {
  readonly version: string
  /** Shown in the field in which the original names its allocator. */
  readonly allocator: string
  /** Hexadecimal. */
  readonly build: string
}

/** The line of `--version`, in the form that scripts parse (config.md 1.2). */
export function versionLine({ version, allocator, build }: BuildFacts): string {
  return `Redis server v=${version} sha=00000000:0 malloc=${allocator} bits=64 build=${build}\n`
}
