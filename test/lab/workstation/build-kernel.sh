#!/bin/sh
# build-kernel.sh [OUT]: build the kernel of the workstation from Debian's own source: Linux as a process, with emulated
# USB sticks. About 17 minutes of CPU. Needs: flex bison bc make gcc libc6-dev xz-utils patch.
set -e
here=$(dirname "$(readlink -f "$0")")
out=$(readlink -m "${1:-${XDG_CACHE_HOME:-$HOME/.cache}/stickfarm/lab/linux}")
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
xz -T0 -c linux.small > "$out.xz"
ls -l "$out.xz"
