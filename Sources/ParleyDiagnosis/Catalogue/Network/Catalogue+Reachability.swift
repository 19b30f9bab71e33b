// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// What keeps a client from reaching the server's address.

extension Catalogue {
    static let netRefused = Cause(
        "net-refused",
        .network,
        title: Text(
            "Nothing listens on this address and port (connection refused)",
            zh: "该地址和端口上没有程序监听（连接被拒绝）"
        ),
        symptoms: [
            "net::ERR_CONNECTION_REFUSED",
            "connect ECONNREFUSED 127.0.0.1:8000",
            "[Errno 111] Connect call failed",
        ],
        explanation: Text(
            """
            The host answered the first packet with a reset: it is there and not filtered, but no process listens on \
            this port. The server was not started, has stopped, listens on another port or address, or a container \
            does not publish its port.
            """,
            zh: """
                主机以 RST 回应了第一个数据包：主机存在且未被过滤，但没有进程监听这个端口。可能是服务器没有启动、已经\
                停止、监听在别的端口或地址，或者容器没有发布端口。
                """
        ),
        fixes: Remedies.listenElsewhere,
        proof: .wire,
        whatWouldDecide: Text(
            """
            `ss -ltn` (or `lsof -iTCP -sTCP:LISTEN`) on the server shows the addresses and ports that are listened \
            on.
            """,
            zh: "在服务器上运行 `ss -ltn`（或 `lsof -iTCP -sTCP:LISTEN`）可看到正在监听的地址和端口。"
        ),
        sources: [
            "RFC 9293 §3.5.2"
        ]
    )

    static let netDns = Cause(
        "net-dns",
        .network,
        title: Text("The host name cannot be resolved (DNS)", zh: "主机名无法解析（DNS）"),
        symptoms: [
            "net::ERR_NAME_NOT_RESOLVED",
            "getaddrinfo ENOTFOUND (EAI_AGAIN)",
            "gaierror: [Errno -2] Name or service not known",
        ],
        explanation: Text(
            """
            The name in the URL leads to no address: no such name (NXDOMAIN: a typing error, a missing record, a name \
            that only a private DNS knows), or the resolver did not answer (SERVFAIL or a time-out, which passes by \
            itself or points to the resolver). No packet went to the server.
            """,
            zh: """
                URL 中的名称得不到任何地址：要么没有这个名称（NXDOMAIN：拼写错误、缺少记录，或只有内部 DNS 才知道），\
                要么解析器没有应答（SERVFAIL 或超时，可能自行恢复，也可能是解析器的问题）。没有任何数据包到达服务器。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Check the spelling of the name; create the DNS record (A, AAAA or CNAME), join the VPN whose DNS \
                    knows it, or add a line to the hosts file. When the resolver failed rather than the name, check \
                    /etc/resolv.conf.
                    """,
                    zh: """
                        检查名称拼写；创建 DNS 记录（A、AAAA 或 CNAME），连接知道该名称的 VPN，或在 hosts 文件中添加\
                        一行。若失败的是解析器而不是名称，检查 /etc/resolv.conf。
                        """
                ),
                snippet: "192.0.2.10  realtime.example"
            ),
            Fix(
                .ingressNginx,
                Text(
                    "Inside the cluster use the name of the Service, outside it the host of the Ingress.",
                    zh: "集群内使用 Service 名称，集群外使用 Ingress 的主机名。"
                ),
                snippet: "ws://realtime.default.svc.cluster.local:8000/v1/realtime"
            ),
            Fix(
                .vite,
                Text(
                    """
                    A service name of docker compose resolves in containers only: a page in the browser needs \
                    localhost and the published port.
                    """,
                    zh: "docker compose 的服务名只能在容器内解析：浏览器中的页面需要使用 localhost 和发布的端口。"
                )
            ),
            Fix(
                .azureOpenAI,
                Text(
                    """
                    The host is RESOURCE.openai.azure.com; a resource with a private endpoint resolves inside its \
                    network only.
                    """,
                    zh: "主机名为 RESOURCE.openai.azure.com；使用专用终结点的资源只能在其网络内解析。"
                )
            ),
        ],
        proof: .wire,
        whatWouldDecide: Text(
            "`--resolve NAME=ADDR` shows whether the server answers once the name is known.",
            zh: "用 `--resolve NAME=ADDR` 可看出名称解析成功之后服务器是否应答。"
        ),
        sources: [
            "RFC 1034 §3.7.1",
            "RFC 2308 §2",
        ]
    )

    static let netFamilyMismatch = Cause(
        "net-family-mismatch",
        .network,
        title: Text(
            "The server listens on one address family only (IPv4 or IPv6)",
            zh: "服务器只监听一种地址族（IPv4 或 IPv6）"
        ),
        symptoms: [
            "connect ECONNREFUSED 127.0.0.1:8000, while ::1 answers",
            "Unexpected response code: 403 from a program nobody expects there",
        ],
        explanation: Text(
            """
            localhost and many names stand for an IPv4 and an IPv6 address, 127.0.0.1 and ::1, and the server listens \
            on one of them. A client that tries the other is refused, or meets another program on the same port \
            there, as AirPlay on macOS does on 5000 and 7000. Clients choose families differently, hence it works in \
            one and not in the other.
            """,
            zh: """
                localhost 和许多名称同时对应 IPv4 与 IPv6 地址（127.0.0.1 与 ::1），而服务器只监听其中之一。尝试另一\
                个的客户端会被拒绝，或遇到该端口上的其他程序，例如 macOS 的 AirPlay 占用 5000 和 7000。各客户端选择地\
                址族的方式不同，所以有的能连、有的不能。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Use the address in the URL that the server listens on (127.0.0.1 instead of localhost or ::1, or \
                        the reverse), or bind the server to both families. For names in DNS, remove the AAAA record that \
                        nobody serves.
                        """,
                        zh: """
                            在 URL 中使用服务器监听的那个地址（用 127.0.0.1 代替 localhost 或 ::1，或反之），或让服务器绑\
                            定两种地址族。对于 DNS 名称，删除无人服务的 AAAA 记录。
                            """
                    )
                )
            ],
            Remedies.listenElsewhere
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            """
            Each address of the name by itself, and for loopback 127.0.0.1 and ::1, which the doctor tries by itself; \
            `--resolve NAME=ADDR` forces one.
            """,
            zh: """
                doctor 会逐个尝试该名称的每个地址，对回环则尝试 127.0.0.1 与 ::1；`--resolve NAME=ADDR` 可强制使用其\
                中一个。
                """
        ),
        sources: [
            "RFC 8305",
            "RFC 6724",
        ]
    )

    static let netUnreachable = Cause(
        "net-unreachable",
        .network,
        title: Text("No route to the network (unreachable)", zh: "没有到达该网络的路由（不可达）"),
        symptoms: [
            "connect ENETUNREACH",
            "Network is unreachable",
            "net::ERR_ADDRESS_UNREACHABLE",
        ],
        explanation: Text(
            """
            The attempt failed at once because this machine or a router on the way knows no route to the address: a \
            VPN that is down, IPv6 without IPv6 access, a container or a phone without network, an address of another \
            private network.
            """,
            zh: """
                尝试立即失败，因为本机或途中的路由器没有到该地址的路由：VPN 未连接、没有 IPv6 接入却使用 IPv6、容器或\
                手机没有网络，或是别的私有网络的地址。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Bring the network or VPN up, check the address, and let clients use IPv4 when there is no IPv6. \
                    In a container use the host's address (host.docker.internal) or a shared network.
                    """,
                    zh: """
                        恢复网络或 VPN，检查地址；没有 IPv6 时让客户端使用 IPv4。容器内使用宿主机地址\
                        （host.docker.internal）或共享网络。
                        """
                ),
                snippet: "ip route get ADDRESS"
            )
        ],
        proof: .wire,
        whatWouldDecide: Text(
            """
            `ip route get ADDRESS` on the client's machine shows the route; another address of the same network shows \
            whether all of it is missing.
            """,
            zh: "在客户端机器上运行 `ip route get ADDRESS` 查看路由；试同一网络的另一地址，可知是否整个网络都不可达。"
        ),
        sources: [
            "RFC 792",
            "RFC 4443 §3.1",
        ]
    )

    static let netMtu = Cause(
        "net-mtu",
        .network,
        title: Text("Large packets are lost on the way (MTU)", zh: "大数据包在途中丢失（MTU）"),
        symptoms: [
            "small messages pass, large ones vanish"
        ],
        explanation: Text(
            """
            A tunnel or VPN on the way carries smaller packets than the ends believe, and the ICMP messages that \
            would tell them are filtered. Handshake and small messages pass, everything above some 1200 to 1400 bytes \
            vanishes, and the connection seems to freeze.
            """,
            zh: """
                途中的隧道或 VPN 能承载的数据包比两端以为的小，而告知这一点的 ICMP 消息被过滤。握手和小消息能通过，超\
                过大约 1200 到 1400 字节的全部丢失，连接看似卡住。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Lower the MTU of the tunnel or clamp the segment size to the path, and let ICMP "fragmentation \
                    needed" and "packet too big" through.
                    """,
                    zh: "调低隧道的 MTU，或把报文段大小限制到路径 MTU，并放行 ICMP 的“需要分片”和“数据包过大”消息。"
                ),
                snippet: """
                    iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
                    ip link set dev wg0 mtu 1380
                    """
            ),
            Fix(
                .haproxy,
                Text("Set the segment size on the bind line.", zh: "在 bind 行上设置报文段大小。"),
                snippet: "bind :443 mss 1300"
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            `--send-bytes N` works below about 1200 and gets no answer above; `ping -M do -s 1400 HOST` and a capture \
            on both ends confirm it.
            """,
            zh: "`--send-bytes N` 在大约 1200 以下正常、以上没有回应；`ping -M do -s 1400 HOST` 和两端抓包可确认。"
        ),
        sources: [
            "RFC 2923 §2.1",
            "RFC 8899",
        ]
    )
}
