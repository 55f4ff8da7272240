#!/bin/sh
# First process of a workstation: this machine's whole file system below an overlay of memory, with devices and a /tmp of
# its own, and this tree at its place, wherever that is. The shared folder is at /mnt; its run.sh is run as root, and the
# workstation ends with it.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH HOME=/root
mount -t proc proc /proc
tree=$(cd "$(dirname "$0")/../../.." && pwd)
share=$(sed -n 's/.*lab\.share=\([^ ]*\).*/\1/p' /proc/cmdline)
mount -t tmpfs tmpfs /media
mkdir -p /media/upper /media/work /media/root /media/tree
mount -t overlay overlay -o lowerdir=/,upperdir=/media/upper,workdir=/media/work /media/root || exit 1
root=/media/root
mount -t proc proc $root/proc
mount -t sysfs sys $root/sys
mount -t devtmpfs dev $root/dev
mkdir -p $root/dev/pts $root/dev/shm
mount -t devpts devpts $root/dev/pts
# A tree below /tmp would be hidden by the workstation's own.
mount --bind "$root$tree" /media/tree
for folder in run tmp dev/shm; do mount -t tmpfs tmpfs $root/$folder; done
mkdir -p "$root$tree"
mount --bind /media/tree "$root$tree"
mount -t configfs none $root/sys/kernel/config
mount -t hostfs none -o "$share" $root/mnt
ip link set lo up
exec chroot $root /bin/sh -c '/bin/sh /mnt/run.sh; poweroff -f'
