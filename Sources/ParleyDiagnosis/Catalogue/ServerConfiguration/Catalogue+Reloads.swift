// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Proxies and deployments that end connections.

extension Catalogue {
    static let srvReloadCuts = Cause(
        "srv-reload-cuts",
        .serverConfiguration,
        title: Text("A reload of the proxy or a deployment ends all connections", zh: "代理重载或部署使所有连接断开"),
        symptoms: [
            "close 1006 (1001, 1012) for all clients in the same instant"
        ],
        explanation: Text(
            """
            When a proxy reloads its configuration or a server is replaced, old worker processes end and take their \
            open connections with them. All clients lose theirs at the same instant, at irregular times, and connect \
            again without trouble.
            """,
            zh: """
                代理重新加载配置或服务器被替换时，旧的工作进程退出，其上的连接随之断开。所有客户端在同一瞬间、不定时\
                地断线，并能顺利重连。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Let clients reconnect with a growing, jittered pause, let the server say goodbye with Close 1001 \
                    or 1012 before it stops, and give old processes time to drain.
                    """,
                    zh: """
                        让客户端以递增并带抖动的间隔重连；服务器停止前以 Close 1001 或 1012 告别；并给旧进程足够的排\
                        空时间。
                        """
                )
            ),
            Fix(
                .nginx,
                Text(
                    "Old workers live until their connections end unless worker_shutdown_timeout cuts them.",
                    zh: "旧工作进程会存活到连接结束，除非 worker_shutdown_timeout 将其切断。"
                ),
                snippet: "worker_shutdown_timeout 4h;"
            ),
            Fix(
                .caddy,
                Text("Reloads end proxied streams at once; delay that.", zh: "重载会立即结束代理的流；可将其延迟。"),
                snippet: "reverse_proxy 127.0.0.1:8000 { stream_close_delay 5m }"
            ),
            Fix(
                .haproxy,
                Text(
                    "hard-stop-after ends what old processes still carry.",
                    zh: "hard-stop-after 会结束旧进程上剩余的连接。"
                ),
                snippet: "hard-stop-after 4h"
            ),
            Fix(
                .ingressNginx,
                Text(
                    "Raise worker-shutdown-timeout of the ConfigMap; every change of an Ingress reloads.",
                    zh: "调大 ConfigMap 的 worker-shutdown-timeout；每次修改 Ingress 都会重载。"
                )
            ),
            Fix(
                .envoy,
                Text(
                    "Raise --drain-time-s and the parent's shutdown time.",
                    zh: "调大 --drain-time-s 与父进程关闭时间。"
                )
            ),
            Fix(
                .traefik,
                Text("Give the entry point a grace time.", zh: "为入口点设置宽限时间。"),
                snippet: "entryPoints.websecure.transport.lifeCycle.graceTimeOut=10m"
            ),
            Fix(
                .awsALB,
                Text("Raise the deregistration delay of the target group.", zh: "调大目标组的注销延迟。")
            ),
            Fix(
                .cloudflare,
                Text(
                    "Releases of the edge end connections now and then: reconnect.",
                    zh: "边缘节点升级时偶尔会断开连接：请重连。"
                )
            ),
            Fix(
                .uvicorn,
                Text(
                    "Give --timeout-graceful-shutdown; --reload ends all on every saved file.",
                    zh: "设置 --timeout-graceful-shutdown；--reload 会在每次保存文件时断开全部连接。"
                ),
                snippet: "uvicorn app:app --timeout-graceful-shutdown 60"
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            Two connections held at once (`--hold SECONDS`, twice) that end in the same instant, and the reload or \
            deployment in the log at that time.
            """,
            zh: "同时保持两个连接（运行两次 `--hold SECONDS`）在同一瞬间断开，且日志中该时刻有重载或部署记录。"
        ),
        sources: [
            "RFC 6455 §7.4.1",
            "https://nginx.org/en/docs/http/websocket.html",
        ]
    )
}
