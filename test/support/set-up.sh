#!/bin/sh
# Bring a fresh clone to where its programs run: set-up.sh [--test]
#
# Installs only what is missing, builds, and prints one line for each thing that it does; when nothing is to be done it
# takes a second or two. With --test also what the tests judge by: file system checkers, packers, QEMU with firmware.
# Needs Node and npm. Debian packages are installed as root or by passwordless sudo; else it says what to run.
set -eu
cd "$(dirname "$0")/../.."

PNPM=pnpm@12.21.0
STATE=node_modules/.pnpm-workspace-state-v1.json
CACHE=node_modules/.cache/nats-server
KERNEL_CACHE=node_modules/.cache/test-kernel
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
tests=no
[ "${1:-}" = --test ] && tests=yes

say() { printf 'set-up: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Run quietly; when it fails, show what it printed.
quietly() {
  log=$(mktemp)
  if "$@" >"$log" 2>&1; then rm -f "$log"; return 0; fi
  cat "$log" >&2
  rm -f "$log"
  return 1
}

check_node() {
  command -v node >/dev/null || fail "Cannot go on without Node: install Node 20.19 or newer (https://nodejs.org)"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Cannot go on with Node $(node --version): it must be 20.19 or newer (https://nodejs.org)"
  command -v npx >/dev/null || fail "Cannot go on without npm: install the npm that belongs to your Node"
}

# What it takes, as "program or file:Debian package".
for_demo() {
  echo nats-server:nats-server
  echo /usr/lib/memtest86+/memtest86+x64.iso:memtest86+
  sqlite3_is_built || echo python3:python3 make:make g++:g++
}
for_tests() {
  echo fsck.fat:dosfstools mcopy:mtools sfdisk:fdisk sgdisk:gdisk xorriso:xorriso isoinfo:genisoimage bmaptool:bmap-tools
  echo xz:xz-utils zstd:zstd bzip2:bzip2 zip:zip openssl:openssl file:file losetup:mount setpriv:util-linux
  echo nginx:nginx-light nbdfuse:libnbd-bin dmsetup:dmsetup /lib/systemd/systemd-udevd:udev
  echo qemu-system-x86_64:qemu-system-x86 /usr/share/OVMF/OVMF_CODE_4M.fd:ovmf
  echo /boot/memtest86+x64.bin:memtest86+ grub-mkimage:grub-common
  echo /usr/lib/grub/i386-pc/boot.img:grub-pc-bin /usr/lib/grub/x86_64-efi/fat.mod:grub-efi-amd64-bin
  echo /usr/lib/shim/shimx64.efi.signed:shim-signed sbverify:sbsigntool
  echo /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed:grub-efi-amd64-signed
  echo /usr/lib/grub-rescue/grub-rescue-cdrom.iso:grub-rescue-pc wimlib-imagex:wimtools cpio:cpio /bin/busybox:busybox-static
}

sqlite3_is_built() {
  for addon in node_modules/.pnpm/sqlite3@*/node_modules/sqlite3/build/Release/node_sqlite3.node; do
    [ -f "$addon" ] && return 0
  done
  return 1
}

# A program on PATH (or where pnpm's scripts look), a file, or a package that Debian says is there.
is_there() {
  case $1 in
    /*) [ -e "$1" ] && return 0 ;;
    *) command -v "$1" >/dev/null || [ -x "node_modules/.bin/$1" ] && return 0 ;;
  esac
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$2" 2>/dev/null)" = installed ]
}

list_missing() {
  { for_demo; [ $tests = no ] || for_tests; } | tr ' ' '\n' | while IFS=: read -r probe package; do
    is_there "$probe" "$package" || echo "$package"
  done | sort -u | tr '\n' ' ' | sed 's/ $//'
}

as_root() {
  if [ "$(id -u)" = 0 ]; then env DEBIAN_FRONTEND=noninteractive "$@"; else sudo -n env DEBIAN_FRONTEND=noninteractive "$@"; fi
}
may_be_root() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }

install_debian_packages() {
  missing=$(list_missing)
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || { say "This is no Debian; install yourself what these packages hold: $missing"; return 0; }
  if ! may_be_root; then
    # nats-server can be had without root, below.
    missing=$(echo "$missing" | tr ' ' '\n' | grep -v '^nats-server$' | tr '\n' ' ' | sed 's/ $//')
    [ -z "$missing" ] || say "going on without the Debian packages $missing; to have them: sudo apt-get update && sudo apt-get install --no-install-recommends $missing"
    return 0
  fi
  say "installing the Debian packages $missing"
  quietly as_root apt-get -q update || say "apt-get update failed; trying with the lists that are there"
  # shellcheck disable=SC2086  # a list of names
  if ! quietly as_root apt-get -q install -y --no-install-recommends $missing; then
    for package in $missing; do
      quietly as_root apt-get -q install -y --no-install-recommends "$package" || say "Cannot install $package: see above"
    done
  fi
  case " $missing " in *" nats-server "*) tell_about_service nats-server 127.0.0.1:4222 ;; esac
  case " $missing " in *" nginx-light "*) tell_about_service nginx "port 80" ;; esac
}

# stickfarm starts a nats-server of its own, on a free port, with TLS; its tests start an nginx of their own.
tell_about_service() {
  [ -d /run/systemd/system ] || return 0
  say "Debian's $1 also starts a service on $2 that stickfarm never uses; to switch it off: sudo systemctl disable --now $1"
}

# Without root: unpack Debian's package into node_modules, where the scripts and npx find it.
unpack_nats_server() {
  is_there nats-server nats-server && return 0
  if [ ! -x "$CACHE/usr/sbin/nats-server" ]; then
    command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 0
    say "unpacking Debian's nats-server into $CACHE, for this clone only"
    mkdir -p "$CACHE"
    quietly download_nats_server || { say "Cannot get nats-server: install it, or builds show no progress"; return 0; }
    dpkg -x "$CACHE"/nats-server_*.deb "$CACHE"
  fi
  mkdir -p node_modules/.bin
  ln -sf "../.cache/nats-server/usr/sbin/nats-server" node_modules/.bin/nats-server
}

download_nats_server() {
  (
    cd "$CACHE"
    apt-get download nats-server && exit 0
    mkdir -p apt/lists/partial apt/cache/archives/partial
    set -- -o "Dir::State::lists=$PWD/apt/lists" -o "Dir::Cache=$PWD/apt/cache"
    apt-get "$@" -q update && apt-get "$@" download nats-server
  )
}

# A kernel that Debian signed, to be booted from sticks: unpacked, because installing it would change what this machine boots.
unpack_test_kernel() {
  [ $tests = no ] || ls $KERNEL_CACHE/boot/vmlinuz-* >/dev/null 2>&1 && return 0
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 0
  say "unpacking Debian's kernel for virtual machines into $KERNEL_CACHE, for the tests of booting"
  mkdir -p $KERNEL_CACHE
  quietly download_test_kernel || say "Cannot get a kernel: tests that boot one are skipped"
}

download_test_kernel() {
  (
    cd $KERNEL_CACHE
    kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
    apt-get download "$kernel"
    dpkg --fsys-tarfile "$kernel"_*.deb | tar -x --wildcards './boot/vmlinuz-*'
    rm -f "$kernel"_*.deb
  )
}

is_installed() {
  [ -f $STATE ] && sqlite3_is_built && [ -x node_modules/.bin/stickfarm ] || return 1
  [ -z "$(find package.json pnpm-lock.yaml pnpm-workspace.yaml ./*/package.json controller/patches -newer $STATE)" ]
}

install_node_packages() {
  is_installed && return 0
  if sqlite3_is_built; then slow=''; else slow=' (sqlite3 is compiled: some minutes, once)'; fi
  for tool in python3 make g++; do
    [ -z "$slow" ] || command -v $tool >/dev/null || fail "Cannot compile sqlite3 without $tool: install python3, make and g++"
  done
  say "installing Node packages$slow"
  quietly npx -y "$PNPM" install --frozen-lockfile || fail "Cannot install Node packages: see above"
  touch $STATE
}

build() {
  if [ $tests = yes ]; then set -- ; else set -- controller agent; fi
  node_modules/.bin/tsc -b "$@" || fail "Cannot build: see above"
  quietly node_modules/.bin/rolldown -c agent/rolldown.config.mjs ||
    say "Cannot make one file of the writer: it is started from many, which takes longer"
}

check_node
install_debian_packages
install_node_packages
unpack_nats_server
unpack_test_kernel
build
