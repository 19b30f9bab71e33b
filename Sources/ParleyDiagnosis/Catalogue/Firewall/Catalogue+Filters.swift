// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Packets that a firewall drops, refuses or resets.

extension Catalogue {
    static let fwFiltered = Cause(
        "fw-filtered",
        .firewall,
        title: Text("The port is filtered: nothing answers (firewall)", zh: "端口被过滤：没有任何应答（防火墙）"),
        symptoms: [
            "net::ERR_CONNECTION_TIMED_OUT",
            "Opening handshake has timed out",
            "dial tcp: i/o timeout",
        ],
        explanation: Text(
            """
            The first packets to this port were neither answered nor refused until the time was over: a firewall or \
            security group drops them, or the listener's backlog is full. Other ports of the host answer or refuse at \
            once, so the host is up.
            """,
            zh: """
                发往该端口的首个数据包直到超时都没有应答，也没有被拒绝：防火墙或安全组丢弃了它们，或监听队列\
                （backlog）已满。该主机的其他端口会立即应答或拒绝，所以主机是在线的。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Open the port in the firewall or security group, for the client's network as well as for the \
                    balancer's; or serve on 443, which most networks let out. If the listener is overrun, raise its \
                    backlog and find what blocks accept.
                    """,
                    zh: """
                        在防火墙或安全组中放行该端口，既要放行客户端网络，也要放行负载均衡器；或改用多数网络放行的 \
                        443 端口。若是监听队列溢出，调大 backlog 并找出阻塞 accept 的原因。
                        """
                ),
                snippet: """
                    ufw allow 8000/tcp
                    firewall-cmd --permanent --add-port=8000/tcp && firewall-cmd --reload
                    nft add rule inet filter input tcp dport 8000 accept
                    """
            ),
            Fix(
                .awsALB,
                Text(
                    """
                    Allow the listener's port in the balancer's security group, and the target's port from the \
                    balancer's.
                    """,
                    zh: "在负载均衡器的安全组中放行监听端口，并允许来自负载均衡器的目标端口。"
                ),
                snippet: """
                    aws ec2 authorize-security-group-ingress --group-id SG --protocol tcp --port 443 --cidr 0.0.0.0/0
                    """
            ),
            Fix(
                .cloudflare,
                Text(
                    "Only certain ports are proxied: for HTTPS 443, 2053, 2083, 2087, 2096 and 8443.",
                    zh: "只代理特定端口：HTTPS 为 443、2053、2083、2087、2096 和 8443。"
                )
            ),
            Fix(
                .azureAppService,
                Text(
                    "Only 80 and 443 are reachable from outside, whatever the application listens on.",
                    zh: "无论应用监听什么端口，外部只能访问 80 和 443。"
                )
            ),
            Fix(
                .iis,
                Text("Add an inbound rule to the Windows firewall.", zh: "在 Windows 防火墙中添加入站规则。"),
                snippet: """
                    New-NetFirewallRule -DisplayName "WebSocket" -Direction Inbound -Protocol TCP -LocalPort 8000 -Action Allow
                    """
            ),
            Fix(
                .haproxy,
                Text(
                    "A full queue looks alike: raise maxconn and backlog.",
                    zh: "队列已满时现象相同：调大 maxconn 与 backlog。"
                )
            ),
            Fix(
                .pythonWebSockets,
                Text(
                    """
                    A blocked event loop accepts nothing until its backlog is full: raise backlog= and unblock the \
                    loop.
                    """,
                    zh: "被阻塞的事件循环不会 accept，直到 backlog 占满：调大 backlog= 并解除阻塞。"
                )
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            Another port of the same host, which the doctor tries by itself; on the server, `ss -ltn` shows a full \
            queue (Recv-Q above Send-Q) and a capture shows whether the SYN arrives.
            """,
            zh: """
                doctor 会尝试同一主机的另一端口；在服务器上，`ss -ltn` 可看出队列是否已满（Recv-Q 大于 Send-Q），抓包\
                可看出 SYN 是否到达。
                """
        ),
        sources: [
            "RFC 9293 §3.8.3",
            "RFC 6455 §4.1",
        ]
    )

    static let fwRejected = Cause(
        "fw-rejected",
        .firewall,
        title: Text("A firewall rejects connections to this port", zh: "防火墙拒绝到该端口的连接"),
        symptoms: [
            "connect EHOSTUNREACH",
            "No route to host, at once",
        ],
        explanation: Text(
            """
            The attempt failed at once with "no route to host" or "administratively prohibited", although the host is \
            reachable on other ports: a firewall answers with an ICMP rejection, as firewalld and iptables REJECT do. \
            A routing fault would hit all ports.
            """,
            zh: """
                尝试立即以“没有到主机的路由”或“被管理策略禁止”失败，但该主机的其他端口可达：是防火墙以 ICMP 拒绝，\
                firewalld 与 iptables REJECT 就是这样。路由故障会影响所有端口。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Allow the port in the firewall of the server (or of the network in between).",
                    zh: "在服务器（或中间网络）的防火墙中放行该端口。"
                ),
                snippet: """
                    firewall-cmd --permanent --add-port=8000/tcp && firewall-cmd --reload
                    iptables -I INPUT -p tcp --dport 8000 -j ACCEPT
                    """
            )
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            Another port of the same host, which the doctor tries by itself: an answer or a plain refusal there \
            excludes routing.
            """,
            zh: "doctor 会尝试同一主机的另一端口：那里有应答或普通拒绝就排除了路由问题。"
        ),
        sources: [
            "RFC 1812 §5.2.7.1",
            "RFC 4443 §3.1",
        ]
    )

    static let fwTlsSniReset = Cause(
        "fw-tls-sni-reset",
        .firewall,
        title: Text(
            "TLS to this name is reset on the way (SNI filter)",
            zh: "到该名称的 TLS 在途中被重置（SNI 过滤）"
        ),
        symptoms: [
            "read ECONNRESET",
            "Client network socket disconnected before secure TLS connection was established",
        ],
        explanation: Text(
            """
            The connection is reset right after the ClientHello that names the host, while another name or none to \
            the same address goes on: a filter in the network reads the server name and cuts what it does not want.
            """,
            zh: """
                带有主机名的 ClientHello 刚发出连接就被重置，而对同一地址使用其他名称或不带名称却能继续：网络中的过滤\
                设备读取服务器名称并切断不想放行的连接。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Ask whoever runs the network to allow the name, use another network or a VPN, or serve under a \
                    name that is not on the list.
                    """,
                    zh: "请网络管理者放行该名称，换用其他网络或 VPN，或使用不在名单上的名称提供服务。"
                )
            ),
            Fix(
                .nginx,
                Text(
                    """
                    ssl_reject_handshake for unknown names ends the connection with an alert: add the name to \
                    server_name if the server itself refuses.
                    """,
                    zh: """
                        对未知名称的 ssl_reject_handshake 会以警报结束连接：若是服务器自己拒绝，请把名称加入 \
                        server_name。
                        """
                ),
                snippet: "server_name realtime.example;"
            ),
            Fix(
                .haproxy,
                Text(
                    "strict-sni refuses unknown names: add a certificate for the name.",
                    zh: "strict-sni 会拒绝未知名称：请为该名称添加证书。"
                )
            ),
            Fix(
                .squid,
                Text(
                    "Check ssl_bump terminate rules for the name.",
                    zh: "检查针对该名称的 ssl_bump terminate 规则。"
                )
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            The same address with an invented name and with none, which the doctor tries by itself; the same name \
            from another network decides whose filter it is.
            """,
            zh: "doctor 会对同一地址使用虚构名称和不带名称各试一次；从另一网络访问同一名称可确定是哪里的过滤。"
        ),
        sources: [
            "RFC 6066 §3"
        ]
    )

    static let fwIdleRst = Cause(
        "fw-idle-rst",
        .firewall,
        title: Text("A firewall resets quiet connections", zh: "防火墙重置空闲连接"),
        symptoms: [
            "close 1006 after a fixed quiet time",
            "read ECONNRESET",
        ],
        explanation: Text(
            """
            After a fixed quiet time both ends get a reset, also on the direct way to the server without any proxy of \
            its own: a firewall on the way limits idle TCP sessions and tells the ends. The client sees 1006.
            """,
            zh: """
                经过固定的静默时间后两端都收到 RST，即使绕过服务器自己的代理直连也一样：途中的防火墙限制空闲 TCP 会话\
                并通知两端。客户端看到 1006。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Or let the firewall keep idle TCP sessions of this port longer.",
                        zh: "或让防火墙对该端口的空闲 TCP 会话保留更长时间。"
                    )
                ),
                Fix(
                    .awsALB,
                    Text(
                        "AWS Network Firewall and NAT gateways have an idle time of 350 s; send pings below it.",
                        zh: "AWS Network Firewall 与 NAT 网关的空闲时间为 350 秒；请以更短间隔发送 ping。"
                    )
                ),
                Fix(
                    .azureAppService,
                    Text(
                        "Azure Firewall ends what is idle for 4 minutes: send pings below that.",
                        zh: "Azure Firewall 会断开空闲 4 分钟的连接：请以更短间隔发送 ping。"
                    )
                ),
            ],
            Remedies.heartbeat
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            """
            `--hold SECONDS`, and the same with `--direct URL`: the same second on both ways means a firewall, only \
            through the proxy means the proxy's idle timeout.
            """,
            zh: """
                使用 `--hold SECONDS`，并配合 `--direct URL` 再做一次：两条路径在同一秒断开说明是防火墙，只在经过代理\
                时断开则是代理的空闲超时。
                """
        ),
        sources: [
            "RFC 5382 §5",
            "RFC 6455 §5.5.2",
        ]
    )
}
