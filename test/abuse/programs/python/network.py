import fcntl, socket, struct

tried = {}


def attempt(name, attack):
    try:
        attack()
        print(name, "ESCAPED")
    except OSError:
        print(name, "refused")


def netlink(protocol, kind, flags, payload):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol) as link:
        link.settimeout(2)
        link.bind((0, 0))
        link.send(struct.pack("=IHHII", 16 + len(payload), kind, flags | 1 | 4, 1, 0) + payload)
        reply = link.recv(65536)
        (error,) = struct.unpack_from("=i", reply, 16)
        if struct.unpack_from("=H", reply, 4)[0] == 2 and error < 0:
            raise OSError(-error, "netlink")


def interface(request, name, data):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, request, struct.pack("16s16s", name, data) + bytes(16))


print([name for _, name in socket.if_nameindex() if name not in ("lo", "sit0", "tunl0", "ip6tnl0")])
attempt("a new link", lambda: netlink(0, 16, 0x600, struct.pack("=BxHiII", 0, 0, 0, 1, 1) + b"\x0c\0\x12\0\x08\0\x01\0veth"))
attempt("loopback down", lambda: netlink(0, 16, 0, struct.pack("=BxHiII", 0, 0, 1, 0, 1)))
attempt("a new address", lambda: netlink(0, 20, 0x600, struct.pack("=BBBBI", 2, 8, 0, 0, 1) + b"\x08\0\x02\0\x0a\0\0\x01"))
attempt("a new route", lambda: netlink(0, 24, 0x600, struct.pack("=8BI", 2, 0, 0, 0, 254, 3, 0, 1, 0) + b"\x08\0\x04\0\x01\0\0\0"))
attempt("audit rules", lambda: netlink(9, 1011, 0, bytes(1056)))
attempt("netfilter", lambda: netlink(12, 0x0A00, 0, bytes(4)))
attempt("loopback down by ioctl", lambda: interface(0x8914, b"lo", b"\0\0"))
attempt("loopback renamed", lambda: interface(0x8923, b"lo", b"eth0"))
attempt("loopback's address", lambda: interface(0x8916, b"lo", struct.pack("HH4s", 2, 0, b"\x0a\0\0\1")))
attempt("a privileged port is no way out", lambda: socket.create_connection(("169.254.169.254", 80), 2))
for address in (("10.0.2.2", 80), ("1.1.1.1", 53), ("192.168.0.1", 22), ("224.0.0.1", 5353), ("255.255.255.255", 67)):
    attempt(f"datagram to {address[0]}", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", address))
attempt("datagram by IPv6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"x", ("2001:4860:4860::8888", 53)))
attempt("a name", lambda: socket.getaddrinfo("example.com", 80))
