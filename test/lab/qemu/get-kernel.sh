#!/bin/sh
# get-kernel.sh FOLDER: see to it that Debian's kernel for virtual machines lies there with the drivers that a workstation
# needs: FOLDER/vmlinuz, FOLDER/modules/*.ko. What is there already is left there. Nothing is installed.
set -e
out=$1
[ -f "$out/vmlinuz" ] && [ -d "$out/modules" ] && exit 0
for needed in apt-get apt-cache dpkg-deb tar; do
  command -v "$needed" >/dev/null || { echo "Cannot get a kernel without $needed" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
package=$(apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
[ -n "$package" ] || { echo "Cannot get a kernel: apt knows no linux-image-amd64; run apt-get update" >&2; exit 1; }
apt-get -q download "$package" >&2
dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x --wildcards './boot/vmlinuz-*' './lib/modules/*.ko'
mkdir -p "$out/modules.part"
for folder in arch/x86/crypto block crypto drivers/net drivers/scsi drivers/usb drivers/virtio fs/9p fs/fscache fs/netfs \
  fs/overlayfs lib net/9p net/core; do
  [ -d lib/modules/*/kernel/"$folder" ] || continue
  find lib/modules/*/kernel/"$folder" -name '*.ko' -exec mv {} "$out/modules.part/" \;
done
rm -rf "$out/modules"
mv "$out/modules.part" "$out/modules"
mv boot/vmlinuz-* "$out/vmlinuz"
