#!/usr/bin/env bash
# Prepares this checkout: installs the system packages that are missing where it may (Debian and Ubuntu), then the npm
# packages. Says what it does; can be run again at any time. README has the equivalents for other systems.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# --- Node -----------------------------------------------------------------------------------------------------------
command -v node >/dev/null || fail 'Node.js is missing. Install version 20.19 or later: https://nodejs.org/en/download'
command -v npm >/dev/null || fail 'npm is missing. It comes with Node.js: https://nodejs.org/en/download'
node_version=$(node -p process.versions.node)
node -e '
  const [major, minor] = process.versions.node.split(".").map(Number);
  process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1);
' || fail "Node.js $node_version is too old: 20.19 or later is needed. https://nodejs.org/en/download"
say "Node.js $node_version"

# --- system packages ------------------------------------------------------------------------------------------------
# Debian and Ubuntu gave some libraries a new name (…t64) in 2024; whichever the system knows is taken.
wanted=(xvfb xauth libgtk-3-0 libnss3 libasound2 libgbm1 libxss1 libatk-bridge2.0-0 libdrm2 libxkbcommon0 dbus fonts-liberation)

is_installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }
is_known() { [[ $(apt-cache policy "$1" 2>/dev/null) == *'Candidate: '[!\(]* ]]; }
has_chromium() {
  local browser
  for browser in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$browser" >/dev/null; then return 0; fi
  done
  return 1
}

missing_packages() {
  local name
  for name in "${wanted[@]}"; do
    is_installed "$name" || is_installed "${name}t64" || echo "$name"
  done
  has_chromium || echo chromium
}

# The name by which this system knows a package. The new one first: where there is one, the old one is only virtual.
# Ubuntu's chromium is called chromium-browser.
known_name() {
  local name
  for name in "${1}t64" "$1" "$1-browser"; do
    if is_known "$name"; then
      echo "$name"
      return
    fi
  done
}

# What it means that these packages are missing.
consequences() {
  case " $* " in *' xvfb '* | *' xauth '*) say 'without xvfb and xauth the tests of the desktop app need a display' ;; esac
  case " $* " in *' lib'*) say 'without the libraries the app may not open its window; npm start then serves it to a browser' ;; esac
  case " $* " in *' chromium '*) say 'without chromium the tests of the interface in a browser cannot run' ;; esac
}

install_packages() {
  local -a missing prefix=() names=()
  local name known
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} == 0)); then
    say 'system packages: all there'
    return
  fi
  if [[ $(id -u) != 0 ]]; then
    if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
      say "system packages missing: ${missing[*]}"
      say "they cannot be installed without a password; to do it yourself: sudo apt-get install ${missing[*]}"
      consequences "${missing[@]}"
      return
    fi
    prefix=(sudo -n)
  fi
  say "system packages missing: ${missing[*]}; installing them"
  "${prefix[@]}" apt-get update -q >/dev/null || say 'apt-get update failed; going on with the lists that are here'
  for name in "${missing[@]}"; do
    known=$(known_name "$name")
    if [[ -n $known ]]; then
      names+=("$known")
    else
      say "this system has no package $name"
      consequences "$name"
    fi
  done
  ((${#names[@]} > 0)) || return 0
  if "${prefix[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${names[@]}" >/dev/null; then
    say "installed: ${names[*]}"
  else
    say 'the system packages could not be installed'
    consequences "${missing[@]}"
  fi
}

case "$(uname -s)" in
  Linux)
    if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
      install_packages
    else
      say 'this is neither Debian nor Ubuntu: README lists what Electron and the tests need'
    fi
    ;;
  Darwin)
    say 'macOS: no system packages are needed; the tests of the interface in a browser use Google Chrome when it is installed'
    ;;
  *)
    say "$(uname -s): system packages are left to you, see README"
    ;;
esac

# --- npm packages ---------------------------------------------------------------------------------------------------
# npm keeps a lock file of what it has installed: not older than ours means that nothing is to be done.
installed=node_modules/.package-lock.json
if [[ -f $installed && ! package-lock.json -nt $installed && ! package.json -nt $installed ]]; then
  say 'npm packages: all there'
else
  say 'npm ci'
  npm ci --no-audit --no-fund --loglevel=error
fi
say 'ready: npm start opens the app, npm test runs all tests'
