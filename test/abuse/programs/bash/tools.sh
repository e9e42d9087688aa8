# What a shell has at hand against the machine.
attempt() { "$@" >/dev/null 2>&1 </dev/null && echo "ESCAPED: $*" || echo "refused: $*"; }
attempt mount -t tmpfs x /tmp
attempt mount -o remount,rw /
attempt mount --bind /bin /tmp
attempt umount -l /proc
attempt unshare --user --map-root-user true
attempt unshare --mount true
attempt unshare --net true
attempt unshare --pid --fork true
attempt nsenter --target 1 --mount true
attempt chroot / true
attempt su -c true
attempt date -s 2000-01-01
attempt hostname owned
attempt dmesg
attempt sysctl -w kernel.panic=1
attempt chrt -f 50 true
attempt nice -n -20 sh -c '[ "$(nice)" -lt 0 ]'
attempt renice -n -5 -u runner
attempt ionice -c 1 true
attempt swapon /tmp/x
attempt losetup -f
attempt mknod /tmp/disk b 254 0
attempt mkfs.ext4 /dev/vda
attempt blockdev --setrw /dev/vda
attempt wipefs -a /dev/vda
attempt chown 0 main.sh
attempt kill -9 1
attempt insmod /tmp/x.ko
attempt modprobe dummy
attempt reboot -f
attempt prlimit --pid 1 --nofile=1
attempt setpriv --reuid=0 true
attempt ulimit -c unlimited
attempt ulimit -n 100000
attempt ulimit -f unlimited
attempt bash -c 'echo b >/proc/sysrq-trigger'
attempt bash -c 'echo 1 >/proc/sys/kernel/panic'
attempt bash -c 'echo -1000 >/proc/$$/oom_score_adj'
attempt bash -c 'echo +memory >/sys/fs/cgroup/cgroup.subtree_control'
attempt bash -c 'exec 9<>/dev/tcp/10.0.2.2/80'
attempt bash -c 'exec 9<>/dev/udp/1.1.1.1/53'
attempt bash -c ': >/dev/vda'
attempt bash -c ': >/dev/console'
attempt bash -c ': >/dev/ttyS0'
attempt cat /proc/1/environ
attempt cat /etc/shadow
attempt ls /proc/1/fd
attempt ls /proc/1/root/
