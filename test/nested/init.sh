#!/bin/busybox sh
# First process of the level 1 machine, in its initial RAM file system: puts the root together of the base image
# (/dev/vda), what is to be tested (/dev/vdb) and memory to write to, and goes on there.
set -e
busybox mkdir -p /proc /sys /dev /lower/base /lower/payload /upper /root
busybox mount -t proc proc /proc
busybox mount -t sysfs sysfs /sys
busybox mount -t devtmpfs dev /dev
while read -r module; do busybox insmod "/modules/$module"; done </modules/order
busybox mount -t erofs -o ro /dev/vda /lower/base
busybox mount -t erofs -o ro /dev/vdb /lower/payload
busybox mount -t tmpfs -o size=80% tmpfs /upper
busybox mkdir /upper/data /upper/work
busybox mount -t overlay -o lowerdir=/lower/payload:/lower/base,upperdir=/upper/data,workdir=/upper/work overlay /root
for folder in proc sys dev; do busybox mount --move "/$folder" "/root/$folder"; done
exec busybox switch_root /root /bin/bash /tvm/test/nested/inside/run
