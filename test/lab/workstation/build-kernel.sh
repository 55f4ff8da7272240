#!/bin/sh
# build-kernel.sh: see to it that there is a kernel for the workstation suite: Linux as a process, with emulated USB sticks,
# built from Debian's own source. About 17 minutes of CPU, once; what is in the cache already is left there.
set -e
here=$(dirname "$(readlink -f "$0")")
named=$STICKFARM_LAB_KERNEL
if [ -n "$named" ]; then
  [ -f "$named" ] || { echo "STICKFARM_LAB_KERNEL names \"$named\", which is not there" >&2; exit 1; }
  echo "The kernel is $named, as STICKFARM_LAB_KERNEL says"
  exit 0
fi
out=${XDG_CACHE_HOME:-$HOME/.cache}/stickfarm/lab/linux
if [ -f "$out.xz" ]; then
  echo "The kernel is there: $out.xz"
  exit 0
fi
missing=
for needed in flex:flex bison:bison bc:bc make:make gcc:gcc xz:xz-utils patch:patch dpkg-deb:dpkg; do
  command -v "${needed%%:*}" >/dev/null || missing="$missing ${needed##*:}"
done
[ -z "$missing" ] || { echo "Cannot build a kernel without$missing: apt-get install$missing libc6-dev" >&2; exit 1; }
work=${TMPDIR:-/tmp}/stickfarm-lab-kernel
mkdir -p "$work" "$(dirname "$out")"
cd "$work"
if [ ! -d source/linux-source-6.1 ]; then
  apt-get download linux-source-6.1
  dpkg-deb -x linux-source-6.1_*.deb package
  mkdir -p source
  tar -xJf package/usr/src/linux-source-6.1.tar.xz -C source
  # Without it the gadget writes through the page cache, and faults of the medium show only at a flush.
  patch -s -p1 -d source/linux-source-6.1 < "$here/lun_sync.patch"
fi
cd source/linux-source-6.1
sed -i '/^config HZ/,/default/ s/default 100$/default 1000/' arch/um/Kconfig
make -s ARCH=um allnoconfig
cat "$here/kconfig.frag" >> .config
make -s ARCH=um olddefconfig
make -s ARCH=um -j"$(nproc)" linux
strip -o linux.small linux
xz -T0 -c linux.small > "$out.xz.part"
mv "$out.xz.part" "$out.xz"
echo "The kernel is made: $out.xz"
