#!/bin/busybox sh
# First process of the virtual workstation: the host's whole file system, which it can only read, below an overlay of memory;
# a /run of its own; the shared folder at /mnt, whose run.sh is run as root.
/bin/busybox --install -s /bin
export PATH=/bin
mkdir -p /proc /sys /dev /host /memory /new
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r name; do
  insmod "/modules/$name.ko" || echo "WORKSTATION cannot load $name"
done < /modules/order
plan9=trans=virtio,version=9p2000.L,msize=512000
mount -t 9p -o "$plan9,cache=loose,ro" host /host
mount -t tmpfs tmpfs /memory
mkdir /memory/upper /memory/work
mount -t overlay overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work /new
mount -t 9p -o "$plan9" share /new/mnt
mount -t tmpfs tmpfs /new/run
for folder in proc sys dev; do mount --move "/$folder" "/new/$folder"; done
mkdir -p /new/dev/shm && mount -t tmpfs tmpfs /new/dev/shm
ip link set lo up
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0
ip route add default via 10.0.2.2
echo WORKSTATION is up
# Who started the machine ends it.
exec switch_root /new /bin/sh -c '/bin/sh /mnt/run.sh; echo "WORKSTATION ended $?"; exec sleep 1000000'
