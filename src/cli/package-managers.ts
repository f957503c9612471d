/** A program or library that the quickstart or the tests need. */
export type Tool = 'redis-server' | 'redis-sentinel' | 'redis-cli' | 'python3-redis' | 'chromium' | ClientTool

/** Clients, and programs that the examples are for. Tests use them where the system has a package of them. */
export type ClientTool =
  'python3-pytest' | 'ruby-redis' | 'php-predis' | 'hiredis' | 'prometheus-redis-exporter' | 'promtool' | 'haproxy' | 'mandoc' | 'zsh'

/** One system package manager: the names of its packages and the commands that install them. */
export interface PackageManager {
  /** Name of its program, which must be on the PATH. */
  readonly program: string
  /** The packages of each tool, separated by blanks; undefined when it has none. */
  readonly packages: Readonly<Record<Tool, string | undefined>>
  /** Whether it must run as root. Homebrew refuses to run as root; all others need it. */
  readonly asRoot: boolean
  /** A shell script that installs `packages`. Users see it, so it must be readable. */
  script(packages: readonly string[]): string
  /** The command for an installation by hand. */
  byHand(packages: readonly string[]): string
}

const WITHOUT_CLIENTS = {
  'python3-pytest': undefined, 'ruby-redis': undefined, 'php-predis': undefined, 'hiredis': undefined,
  'prometheus-redis-exporter': undefined, 'promtool': undefined, 'haproxy': undefined, 'mandoc': undefined, 'zsh': undefined,
}

// Debian's maintainer scripts start redis at once, on its default port. A policy file prevents that. An existing one
// belongs to the administrator and is not changed.
const WITHOUT_STARTING_SERVICES = `
if [ ! -e /usr/sbin/policy-rc.d ]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  trap 'exit 1' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
fi
`

/** The supported package managers, in the order in which they are tried. */
export const PACKAGE_MANAGERS: readonly PackageManager[] = [
  {
    program: 'apt-get',
    packages: {
      'redis-server': 'redis-server',
      'redis-sentinel': 'redis-sentinel',
      'redis-cli': 'redis-tools',
      'python3-redis': 'python3-redis',
      'python3-pytest': 'python3-pytest',
      'ruby-redis': 'ruby-redis',
      'php-predis': 'php-cli php-predis',
      'hiredis': 'libhiredis-dev gcc libc6-dev',
      'prometheus-redis-exporter': 'prometheus-redis-exporter',
      'promtool': 'prometheus',
      'haproxy': 'haproxy',
      'mandoc': 'mandoc',
      'zsh': 'zsh',
      'chromium': 'chromium',
    },
    asRoot: true,
    script: (packages) => `${WITHOUT_STARTING_SERVICES}
export DEBIAN_FRONTEND=noninteractive
install='apt-get install -y --no-install-recommends ${packages.join(' ')}'
$install || { apt-get update && $install; }`,
    byHand: (packages) => `apt-get update && apt-get install -y ${packages.join(' ')}`,
  },
  {
    program: 'dnf',
    packages: {
      'redis-server': 'redis', 'redis-sentinel': 'redis', 'redis-cli': 'redis', 'python3-redis': 'python3-redis',
      'chromium': 'chromium',
      ...WITHOUT_CLIENTS,
    },
    asRoot: true,
    script: (packages) => `dnf install -y ${packages.join(' ')}`,
    byHand: (packages) => `dnf install -y ${packages.join(' ')}`,
  },
  {
    program: 'apk',
    packages: {
      'redis-server': 'redis', 'redis-sentinel': 'redis', 'redis-cli': 'redis', 'python3-redis': 'py3-redis',
      'chromium': 'chromium',
      ...WITHOUT_CLIENTS,
    },
    asRoot: true,
    script: (packages) => `apk add ${packages.join(' ')}`,
    byHand: (packages) => `apk add ${packages.join(' ')}`,
  },
  {
    program: 'pacman',
    packages: {
      'redis-server': 'redis', 'redis-sentinel': 'redis', 'redis-cli': 'redis', 'python3-redis': 'python-redis',
      'chromium': 'chromium',
      ...WITHOUT_CLIENTS,
    },
    asRoot: true,
    script: (packages) => `pacman -Sy --noconfirm --needed ${packages.join(' ')}`,
    byHand: (packages) => `pacman -Sy ${packages.join(' ')}`,
  },
  {
    program: 'brew',
    packages: {
      'redis-server': 'redis', 'redis-sentinel': 'redis', 'redis-cli': 'redis', 'python3-redis': undefined,
      'chromium': undefined,
      ...WITHOUT_CLIENTS,
    },
    asRoot: false,
    script: (packages) => `brew install ${packages.join(' ')}`,
    byHand: (packages) => `brew install ${packages.join(' ')}`,
  },
]
