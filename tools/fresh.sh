#!/usr/bin/env bash
# Proves the two commands of the README on a fresh machine: `make demo` and `make test` on HEAD,
# inside a new Debian that has only python3, make and git. Needs root.
#
# The base system is kept in .cache/ and used again. All that is mounted lives in a mount
# namespace of its own, so nothing stays mounted whatever happens.
#
#   tools/fresh.sh             make demo, make test
#   tools/fresh.sh TARGET…     these targets instead
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

suite=bookworm
mirror=http://deb.debian.org
cache=$PWD/.cache/fresh
base=$cache/$suite-$(dpkg --print-architecture 2>/dev/null || uname -m).tar

say() { echo "fresh: $*"; }
give_up() { printf 'error: %s\nhint: %s\n' "$1" "$2" >&2; exit 1; }

require() {
  [ "$(id -u)" = 0 ] || give_up "a new Debian can only be made by root" "run: sudo make fresh"
  command -v debootstrap >/dev/null && return
  command -v apt-get >/dev/null || give_up "debootstrap is not installed" "install debootstrap"
  say "installing debootstrap (apt-get)"
  { apt-get -qq update && apt-get -qq -y install debootstrap; } >/dev/null \
    || give_up "apt-get could not install debootstrap" "see what it says above"
}

make_base() {
  local new=$cache/base.new
  say "making a base system (debootstrap, once)"
  rm -rf "$new" "$base.new"
  debootstrap --variant=minbase --include=ca-certificates,git,make,python3 \
    "$suite" "$new" "$mirror/debian" >"$cache/debootstrap.log" \
    || give_up "debootstrap failed" "see $cache/debootstrap.log"
  cat >"$new/etc/apt/sources.list" <<EOF
deb $mirror/debian $suite main
deb $mirror/debian $suite-updates main
deb $mirror/debian-security $suite-security main
EOF
  echo "127.0.0.1 localhost" >"$new/etc/hosts"
  tar -C "$new" -cf "$base.new" .
  mv "$base.new" "$base"
  rm -rf "$new"
}

# The way to the network is the host's: its name servers, proxies and certificates.
network_environment=()
lend_network() {
  local root=$1 name
  cat /etc/resolv.conf >"$root/etc/resolv.conf"
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [ -z "${!name:-}" ] || network_environment+=("$name=${!name}")
  done
  local certificates=/etc/ssl/certs/ca-certificates.crt
  [ ! -e $certificates ] || cat $certificates >"$root$certificates"
  for name in PIP_CERT SSL_CERT_FILE REQUESTS_CA_BUNDLE CURL_CA_BUNDLE NODE_EXTRA_CA_CERTS; do
    [ -f "${!name:-}" ] || continue
    cp --parents -L "${!name}" "$root"
    network_environment+=("$name=${!name}")
  done
}

run_inside() {
  local root=$1 target
  shift
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  lend_network "$root"
  for target in "$@"; do
    say "make $target"
    chroot "$root" env -i HOME=/home/fresh PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 CI=true \
      "${network_environment[@]}" sh -c "cd /home/evidence-kit && make $target" </dev/null
  done
}

if [ "${1:-}" = --inside ]; then
  shift
  run_inside "$@"
  exit
fi

require
mkdir -p "$cache"
[ -e "$base" ] || make_base
[ -z "$(git status --porcelain)" ] || say "what is not committed is not part of this"
root=$(mktemp -d "$cache/root.XXXXXX")
trap 'rm -rf "$root"' EXIT
trap 'exit 130' INT TERM
say "unpacking the base system"
tar -C "$root" -xf "$base"
chmod 755 "$root"
mkdir -p "$root/home/fresh"
git clone --quiet --no-local . "$root/home/evidence-kit"
[ $# -gt 0 ] || set -- demo test
unshare --mount --pid --fork --kill-child -- "$BASH" "${BASH_SOURCE[0]}" --inside "$root" "$@"
say "all done"
