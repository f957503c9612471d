/** What may be missing on a machine. */
export type Tool = 'redis-server' | 'redis-sentinel' | 'redis-cli' | 'python3-redis' | 'chromium' | ClientTool

/** Clients, and programs that the examples are for: the tests drive them where the system has a package of them. */
export type ClientTool =
  'ruby-redis' | 'php-predis' | 'prometheus-redis-exporter' | 'promtool' | 'haproxy' | 'mandoc' | 'zsh'

/** One system package manager: how its packages are named and how they are installed. */
export interface PackageManager {
  /** The program that must be on the PATH. */
  readonly program: string
  /** The packages of each tool, blank between them; undefined = it has none. */
  readonly packages: Readonly<Record<Tool, string | undefined>>
  /** Homebrew refuses to run as root; all others need it. */
  readonly asRoot: boolean
  /** A shell script that installs `packages`. Shown to people as it is, so it stays readable. */
  script(packages: readonly string[]): string
  /** The command for an installation by hand. */
  byHand(packages: readonly string[]): string
}

const WITHOUT_CLIENTS = {
  'ruby-redis': undefined, 'php-predis': undefined, 'prometheus-redis-exporter': undefined, 'promtool': undefined,
  'haproxy': undefined, 'mandoc': undefined, 'zsh': undefined,
}

// Debian's maintainer scripts start redis at once, on its default port. A policy file is their own way to say no;
// an existing one is the administrator's and is left alone.
const WITHOUT_STARTING_SERVICES = `
if [ ! -e /usr/sbin/policy-rc.d ]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  trap 'exit 1' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
fi
`

/** In the order in which they are looked for. */
export const PACKAGE_MANAGERS: readonly PackageManager[] = [
  {
    program: 'apt-get',
    packages: {
      'redis-server': 'redis-server',
      'redis-sentinel': 'redis-sentinel',
      'redis-cli': 'redis-tools',
      'python3-redis': 'python3-redis',
      'ruby-redis': 'ruby-redis',
      'php-predis': 'php-cli php-predis',
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
