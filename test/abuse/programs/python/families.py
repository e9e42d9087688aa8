import socket

KINDS = {1: "stream", 2: "datagram", 3: "raw", 4: "rdm", 5: "seqpacket", 10: "packet"}
HARMLESS = {1: "unix", 2: "inet", 10: "inet6", 16: "netlink"}
opened = set()
for family in range(0, 64):
    for kind in KINDS:
        for protocol in (*range(0, 34), 58, 132, 255, 0x300):
            try:
                socket.socket(family, kind, protocol).close()
            except OSError:
                continue
            opened.add((family, kind))
strange = sorted((family, KINDS[kind]) for family, kind in opened if family not in HARMLESS)
print("other families:", strange or "refused")
raw = sorted(HARMLESS[family] for family, kind in opened if kind in (3, 10) and family in (2, 10))
print("raw sockets:", raw or "refused")
